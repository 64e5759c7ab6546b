// What a connector does when it connects: it asks who it is, lists the tables, and looks at one.
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetAccessKeyLastUsedCommand, paginateListAccessKeys } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { iam } from "../aws/iam";
import { all } from "../aws/query";
import { regions } from "../shell/regions";
import { diagnose, type Diagnosis } from "./diagnosis";
import type { Key } from "./settings";

export interface Trial {
  endpoint: string;
  region: string;
  key: Key;
  /** The table to look at, if any. */
  table: string;
}

export interface Step {
  /** What was asked: "sts:GetCallerIdentity". */
  action: string;
  description: string;
  state: "pending" | "running" | "success" | "error" | "stopped";
  /** What came of it. */
  result?: string;
  milliseconds?: number;
  diagnosis?: Diagnosis;
}

type Run = { action: string; description: string; run: () => Promise<string> };

/** Runs the steps one after the other and tells how they stand each time that changes. A denial stops none; other faults do. */
export async function check(trial: Trial, tell: (steps: Step[]) => void): Promise<void> {
  const runs = stepsOf(trial);
  const steps: Step[] = runs.map(({ action, description }) => ({ action, description, state: "pending" }));
  const set = (i: number, step: Partial<Step>) => {
    steps[i] = { ...steps[i]!, ...step };
    tell([...steps]);
  };
  for (const [i, { run }] of runs.entries()) {
    set(i, { state: "running" });
    const start = performance.now();
    try {
      const result = await run();
      set(i, { state: "success", result, milliseconds: Math.round(performance.now() - start) });
    } catch (e) {
      const diagnosis = await closer(diagnose(e, trial), trial);
      set(i, { state: "error", diagnosis, milliseconds: Math.round(performance.now() - start) });
      if (diagnosis.cause !== "permission" && diagnosis.cause !== "denied") {
        for (let j = i + 1; j < steps.length; j++) set(j, { state: "stopped" });
        return;
      }
    }
  }
}

function clientConfig({ endpoint, key }: Trial, region: string) {
  const credentials = { accessKeyId: key.id, secretAccessKey: key.secret, sessionToken: key.token };
  // One attempt: the SDK would set its own clock right by the first answer, and others don't.
  return { endpoint, region, credentials, maxAttempts: 1 };
}

function stepsOf(trial: Trial): Run[] {
  const config = clientConfig(trial, trial.region);
  const sts = new STSClient(config);
  const dynamodb = new DynamoDBClient(config);
  const table = { TableName: trial.table };
  const runs: Run[] = [
    {
      action: "sts:GetCallerIdentity",
      description: "Reach the server and ask whose key it is",
      run: async () => (await sts.send(new GetCallerIdentityCommand({}))).Arn!,
    },
    {
      action: "dynamodb:ListTables",
      description: `List the tables of ${trial.region}`,
      run: async () => {
        const { TableNames = [], LastEvaluatedTableName } = await dynamodb.send(new ListTablesCommand({}));
        const count = TableNames.length === 1 ? "1 table" : `${TableNames.length}${LastEvaluatedTableName ? " or more" : ""} tables`;
        return TableNames.length ? `${count}: ${TableNames.slice(0, 5).join(", ")}${TableNames.length > 5 ? ", …" : ""}` : "No tables in this region";
      },
    },
  ];
  if (!trial.table) return runs;
  return [
    ...runs,
    {
      action: "dynamodb:DescribeTable",
      description: `Describe ${trial.table}`,
      run: async () => {
        const { Table } = await dynamodb.send(new DescribeTableCommand(table));
        return `${Table!.TableStatus}, keys ${Table!.KeySchema!.map((k) => k.AttributeName).join(", ")}`;
      },
    },
    {
      action: "dynamodb:Scan",
      description: `Read one item of ${trial.table}`,
      run: async () => {
        const { Items = [] } = await dynamodb.send(new ScanCommand({ ...table, Limit: 1 }));
        return Items.length ? `An item with ${Object.keys(Items[0]!).length} attributes` : "The table is empty";
      },
    },
  ];
}

/** What only a further question can tell: whether a key is inactive, and where a table is that is not here. */
async function closer(found: Diagnosis, trial: Trial): Promise<Diagnosis> {
  if (found.cause === "key" && !trial.key.token) {
    const user = await inactiveKeyOf(trial.key.id).catch(() => undefined);
    if (!user) return found;
    return {
      ...found,
      cause: "inactive",
      title: "The access key is inactive",
      text: `The key is one of ${user}, and was deactivated. It can be activated under Security credentials of the user.`,
    };
  }
  if (found.cause === "table") {
    const there = await regionsWith(trial);
    if (there.length) return { ...found, cause: "region", text: `There is a table of that name in ${there.join(", ")}: the region is probably the wrong one. Each region has tables of its own.` };
  }
  return found;
}

/** The user whose key it is, if it is inactive. It is asked as who is signed in, who may not be allowed to know. */
async function inactiveKeyOf(id: string): Promise<string | undefined> {
  const { UserName } = await iam().send(new GetAccessKeyLastUsedCommand({ AccessKeyId: id }));
  const keys = await all(paginateListAccessKeys({ client: iam() }, { UserName }), (page) => page.AccessKeyMetadata);
  return keys.some((k) => k.AccessKeyId === id && k.Status === "Inactive") ? UserName : undefined;
}

async function regionsWith(trial: Trial): Promise<string[]> {
  const found = await Promise.all(
    Object.keys(regions).map((region) =>
      new DynamoDBClient(clientConfig(trial, region)).send(new DescribeTableCommand({ TableName: trial.table })).then(
        () => [region],
        () => [],
      ),
    ),
  );
  return found.flat();
}
