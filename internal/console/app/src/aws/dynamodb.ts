import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { service } from "./service";

export const dynamodb = service((config) => new DynamoDBClient(config));
