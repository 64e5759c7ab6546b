import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBJsonCodec } from "@aws-sdk/dynamodb-codec";
import { service } from "./service";

export const dynamodb = service((config) => {
  const client = new DynamoDBClient(config);
  // The reader that the SDK has by itself, the second it has, loses the value of an attribute called __proto__; the first doesn't.
  (client.config.protocol as unknown as { deserializer: unknown }).deserializer = new DynamoDBJsonCodec().createDeserializer();
  return client;
});
