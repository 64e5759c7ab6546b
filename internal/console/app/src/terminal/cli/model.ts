// The services of the terminal and their operations, as the schemas of the SDK describe them. A service's schemas are loaded with
// its first command. "?terminal" makes them modules of their own: of the others' schemas, a page loads what it uses.
import type { StaticOperationSchema } from "@smithy/types";
import { accessAnalyzer } from "../../aws/accessanalyzer";
import { account } from "../../aws/account";
import { cloudtrail } from "../../aws/cloudtrail";
import { cloudwatch } from "../../aws/cloudwatch";
import { costExplorer } from "../../aws/costexplorer";
import { dynamodb } from "../../aws/dynamodb";
import { iam } from "../../aws/iam";
import { identityStore } from "../../aws/identitystore";
import { organizations } from "../../aws/organizations";
import { ssoAdmin } from "../../aws/ssoadmin";
import { streams } from "../../aws/streams";
import { sts } from "../../aws/sts";
import { operations, type Operation } from "./operations";
import type { Fields } from "./schema";

export interface Service {
  /** dynamodb. */
  name: string;
  /** By the CLI's names, in alphabetical order. */
  operations: Map<string, Operation>;
  send(operation: Operation, input: Fields, region: string | undefined, signal: AbortSignal): Promise<Fields>;
}

/** What a package of the SDK makes commands with. */
type MakeCommand = (endpoint: object, plugins: () => [], name: string, schema: StaticOperationSchema) => new (input: Fields) => object;
type Client = { send(command: object, options: { abortSignal: AbortSignal }): Promise<Fields> };
type Modules = [Promise<{ command: unknown }>, Promise<Record<string, unknown>>];

const sources: Record<string, [client: (region?: string) => unknown, modules: () => Modules]> = {
  accessanalyzer: [accessAnalyzer, () => [import("@aws-sdk/client-accessanalyzer/dist-es/commandBuilder"), import("@aws-sdk/client-accessanalyzer/dist-es/schemas/schemas_0?terminal")]],
  account: [account, () => [import("@aws-sdk/client-account/dist-es/commandBuilder"), import("@aws-sdk/client-account/dist-es/schemas/schemas_0?terminal")]],
  ce: [costExplorer, () => [import("@aws-sdk/client-cost-explorer/dist-es/commandBuilder"), import("@aws-sdk/client-cost-explorer/dist-es/schemas/schemas_0?terminal")]],
  cloudtrail: [cloudtrail, () => [import("@aws-sdk/client-cloudtrail/dist-es/commandBuilder"), import("@aws-sdk/client-cloudtrail/dist-es/schemas/schemas_0?terminal")]],
  cloudwatch: [cloudwatch, () => [import("@aws-sdk/client-cloudwatch/dist-es/commandBuilder"), import("@aws-sdk/client-cloudwatch/dist-es/schemas/schemas_0?terminal")]],
  dynamodb: [dynamodb, () => [import("@aws-sdk/client-dynamodb/dist-es/commandBuilder"), import("@aws-sdk/client-dynamodb/dist-es/schemas/schemas_0?terminal")]],
  dynamodbstreams: [streams, () => [import("@aws-sdk/client-dynamodb-streams/dist-es/commandBuilder"), import("@aws-sdk/client-dynamodb-streams/dist-es/schemas/schemas_0?terminal")]],
  iam: [iam, () => [import("@aws-sdk/client-iam/dist-es/commandBuilder"), import("@aws-sdk/client-iam/dist-es/schemas/schemas_0?terminal")]],
  identitystore: [identityStore, () => [import("@aws-sdk/client-identitystore/dist-es/commandBuilder"), import("@aws-sdk/client-identitystore/dist-es/schemas/schemas_0?terminal")]],
  organizations: [organizations, () => [import("@aws-sdk/client-organizations/dist-es/commandBuilder"), import("@aws-sdk/client-organizations/dist-es/schemas/schemas_0?terminal")]],
  "sso-admin": [ssoAdmin, () => [import("@aws-sdk/client-sso-admin/dist-es/commandBuilder"), import("@aws-sdk/client-sso-admin/dist-es/schemas/schemas_0?terminal")]],
  sts: [sts, () => [import("@aws-sdk/client-sts/dist-es/commandBuilder"), import("@aws-sdk/client-sts/dist-es/schemas/schemas_0?terminal")]],
};

export const serviceNames = Object.keys(sources);

const loaded = new Map<string, Promise<Service>>();

/** A service by its name in serviceNames. */
export function service(name: string): Promise<Service> {
  let found = loaded.get(name);
  if (!found) {
    found = load(name);
    found.catch(() => loaded.delete(name));
    loaded.set(name, found);
  }
  return found;
}

async function load(name: string): Promise<Service> {
  const [client, modules] = sources[name]!;
  const [{ command }, schemas] = await Promise.all(modules());
  return {
    name,
    operations: operations(schemas),
    async send(operation, input, region, abortSignal) {
      const Command = (command as MakeCommand)({}, () => [], operation.name, operation.schema);
      return (client(region) as Client).send(new Command(input), { abortSignal });
    },
  };
}
