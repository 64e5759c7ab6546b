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
import { all, useAws, useAwsChange, type Key } from "../aws/query";
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

/** Loads what may be on its way, and asks again while it is. */
export function useProgress<T>(key: Key, load: () => Promise<T>, isOnItsWay: (data: T) => boolean) {
  const [every, setEvery] = useState<number | false>(false);
  const query = useAws(key, load, { every });
  const wanted = query.data !== undefined && isOnItsWay(query.data) && 2_000;
  if (wanted !== every) setEvery(wanted);
  return query;
}

export const useTable = (name: string) => useProgress(["dynamodb", "DescribeTable", name], () => describe(name), isChanging);

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
