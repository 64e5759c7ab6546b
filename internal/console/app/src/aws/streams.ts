import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { service } from "./service";

export const streams = service((config) => new DynamoDBStreamsClient(config));
