import { PutItemCommand, TransactWriteItemsCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import type { WriteRequest } from "./changes";

/** Sends what creates or changes an item. */
export const useSave = () =>
  useAwsChange<unknown, WriteRequest>(
    ({ operation, input }) => {
      switch (operation) {
        case "PutItem":
          return dynamodb().send(new PutItemCommand(input));
        case "UpdateItem":
          return dynamodb().send(new UpdateItemCommand(input));
        case "TransactWriteItems":
          return dynamodb().send(new TransactWriteItemsCommand(input));
      }
    },
    [["dynamodb", "ConflictingItem"]],
  );
