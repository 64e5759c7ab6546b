import { DescribeTableCommand, paginateListTables } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../aws/dynamodb";
import { all, useAws } from "../aws/query";
import { schemaOf } from "./schema";

export const useSchema = (table: string) =>
  useAws(
    ["dynamodb", "Schema", table],
    async () => schemaOf((await dynamodb().send(new DescribeTableCommand({ TableName: table }))).Table!),
    { enabled: table !== "" },
  );

export const useTableNames = () =>
  useAws(["dynamodb", "ListTables"], () => all(paginateListTables({ client: dynamodb() }, {}), (page) => page.TableNames));
