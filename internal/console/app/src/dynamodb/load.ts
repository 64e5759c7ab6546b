// What several pages of the section load and change.
import {
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  paginateListTables,
  UpdateTableCommand,
  type TableDescription,
  type UpdateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { all, useAws, useAwsChange } from "../aws/query";
import { isChanging } from "./describe";
import type { TagDraft } from "./draft";

/** A table of a list: what DescribeTable says, or just the name where that is not allowed. */
export type Row = TableDescription & { TableName: string };

export const useTables = () => useAws(["dynamodb", "Tables"], loadTables);

async function loadTables(): Promise<Row[]> {
  const names = await all(paginateListTables({ client: dynamodb() }, {}), (page) => page.TableNames);
  const described = await Promise.allSettled(names.map(describe));
  return described.map((d, i) => ({ ...(d.status === "fulfilled" ? d.value : {}), TableName: names[i]! }));
}

async function describe(TableName: string): Promise<TableDescription> {
  return (await dynamodb().send(new DescribeTableCommand({ TableName }))).Table!;
}

/** A table, asked for again while something of it is on its way. */
export function useTable(name: string) {
  const [every, setEvery] = useState<number | false>(false);
  const table = useAws(["dynamodb", "DescribeTable", name], () => describe(name), { every });
  const wanted = isChanging(table.data) && 2_000;
  if (wanted !== every) setEvery(wanted);
  return table;
}

export const useTags = (arn: string) => useAws(["dynamodb", "ListTagsOfResource", arn], () => loadTags(arn));

export async function loadTags(ResourceArn: string): Promise<TagDraft[]> {
  const all: TagDraft[] = [];
  let NextToken: string | undefined;
  do {
    const page = await dynamodb().send(new ListTagsOfResourceCommand({ ResourceArn, NextToken }));
    for (const { Key = "", Value = "" } of page.Tags ?? []) all.push({ Key, Value });
    NextToken = page.NextToken;
  } while (NextToken);
  return all;
}

/** Changes a table by UpdateTable: update.mutate({ DeletionProtectionEnabled: true }). */
export const useUpdateTable = (TableName: string) =>
  useAwsChange(
    (change: Omit<UpdateTableCommandInput, "TableName">) =>
      dynamodb().send(new UpdateTableCommand({ TableName, ...change })),
    [["dynamodb"]],
  );
