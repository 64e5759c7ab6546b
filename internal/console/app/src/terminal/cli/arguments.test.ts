import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as iam from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { parse } from "./arguments";
import { operations } from "./operations";
import { words } from "./words";

const all = new Map([...operations({ ...dynamodb }), ...operations({ ...iam })]);

function input(line: string) {
  const [name, ...rest] = words(line).map((w) => w.text);
  return parse(all.get(name!)!, rest, `aws ${name}`);
}

test("create-table in shorthand", () => {
  expect(
    input(`create-table --table-name t --attribute-definitions AttributeName=id,AttributeType=S AttributeName=n,AttributeType=N
      --key-schema AttributeName=id,KeyType=HASH AttributeName=n,KeyType=RANGE --provisioned-throughput ReadCapacityUnits=5,WriteCapacityUnits=6
      --global-secondary-indexes IndexName=g,KeySchema=[{AttributeName=n,KeyType=HASH}],Projection={ProjectionType=INCLUDE,NonKeyAttributes=[a]}
      --no-deletion-protection-enabled`).input,
  ).toEqual({
    TableName: "t",
    AttributeDefinitions: [
      { AttributeName: "id", AttributeType: "S" },
      { AttributeName: "n", AttributeType: "N" },
    ],
    KeySchema: [
      { AttributeName: "id", KeyType: "HASH" },
      { AttributeName: "n", KeyType: "RANGE" },
    ],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 6 },
    GlobalSecondaryIndexes: [
      {
        IndexName: "g",
        KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a"] },
      },
    ],
    DeletionProtectionEnabled: false,
  });
});

test("items in JSON and in shorthand, with blobs and truth", () => {
  expect(input(`put-item --table-name t --item '{"id":{"S":"a"},"b":{"B":"AQI="},"t":{"BOOL":true},"l":{"L":[{"N":"1"}]}}'`).input).toEqual({
    TableName: "t",
    Item: { id: { S: "a" }, b: { B: Uint8Array.of(1, 2) }, t: { BOOL: true }, l: { L: [{ N: "1" }] } },
  });
  expect(input("put-item --table-name t --item id={S=a},n={N=1},t={BOOL=true},s={SS=[x]}").input["Item"]).toEqual({
    id: { S: "a" },
    n: { N: "1" },
    t: { BOOL: true },
    s: { SS: ["x"] },
  });
});

test("lists, numbers, booleans, times", () => {
  expect(input("scan --table-name t --attributes-to-get a b --limit 5 --consistent-read").input).toEqual({
    TableName: "t",
    AttributesToGet: ["a", "b"],
    Limit: 5,
    ConsistentRead: true,
  });
  expect(input("list-backups --time-range-lower-bound 2026-01-02T03:04:05Z").input).toEqual({
    TimeRangeLowerBound: new Date("2026-01-02T03:04:05Z"),
  });
  expect(input(`create-policy --policy-name p --policy-document '{"Version":"2012-10-17","Statement":[]}' --tags Key=a,Value=b Key=c,Value=`).input).toEqual({
    PolicyName: "p",
    PolicyDocument: '{"Version":"2012-10-17","Statement":[]}',
    Tags: [
      { Key: "a", Value: "b" },
      { Key: "c", Value: "" },
    ],
  });
});

test("global options", () => {
  const { globals } = input("scan --table-name=t --query 'Items[0]' --output text --region eu-west-1 --max-items 3 --page-size 2 --profile x");
  expect(globals).toMatchObject({ query: "Items[0]", output: "text", region: "eu-west-1", maxItems: 3, pageSize: 2, paginate: true });
  expect(globals.notes).toEqual(["--profile has no effect here: commands run as who is signed in."]);
  expect(input("scan --table-name t --no-paginate").globals.paginate).toBe(false);
  expect(input("put-item --generate-cli-skeleton input").globals.skeleton).toBe("input");
  expect(input(`get-item --cli-input-json '{"TableName":"a","Key":{"id":{"S":"1"}}}' --table-name b`).input).toEqual({
    TableName: "b",
    Key: { id: { S: "1" } },
  });
});

test("faults in the words of the AWS CLI", () => {
  const fault = (line: string) => {
    try {
      return JSON.stringify(input(line));
    } catch (e) {
      return (e as Error).message;
    }
  };
  expect(fault("put-item --item id={S=a}")).toBe("the following arguments are required: --table-name");
  expect(fault("get-item --table-nam t")).toContain("Unknown options: --table-nam, maybe you meant:\n\n  * --table-name");
  expect(fault("get-item stray --table-name t --key id={S=a}")).toBe("Unknown options: stray");
  expect(fault("get-item --table-name")).toBe("argument --table-name: expected one argument");
  expect(fault("get-item --table-name t --key '{bad'")).toContain("Error parsing parameter '--key': Invalid JSON:");
  expect(fault("get-item --table-name t --key novalue")).toContain("Error parsing parameter '--key': Expected: '='");
  expect(fault("get-item --table-name t --key id={X=a}")).toContain('Unknown parameter in Key.id: "X", must be one of: S, N, B');
  expect(fault("create-table --table-name t --key-schema AttributeName=id")).toContain('Missing required parameter in KeySchema[0]: "KeyType"');
  expect(fault("scan --table-name t --limit x")).toBe("argument --limit: invalid number: 'x'");
  expect(fault("scan --table-name t --output yml")).toContain("argument --output: Invalid choice, valid choices are:");
  expect(fault("put-item --table-name t --item file://x.json")).toContain("Files are not available here");
});
