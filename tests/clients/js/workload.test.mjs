// How the AWS SDK for JavaScript gets credentials in a pod: from what the environment has, by its default chain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const { table: TableName, principal } = JSON.parse(process.env.STATOR_TEST);

test('a projected service account token', async () => {
  const client = new DynamoDBClient({ maxAttempts: 1 });
  const Key = { id: { S: 'js' } };
  await client.send(new PutItemCommand({ TableName, Item: Key }));
  await assert.rejects(client.send(new DeleteItemCommand({ TableName, Key })), (e) => e.message.startsWith(`User: ${principal} is not authorized`));
});
