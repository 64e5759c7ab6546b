// Gets credentials from stator credentials in each way of STATOR_TEST, with the default chain of the AWS SDK for JavaScript.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const made = JSON.parse(process.env.STATOR_TEST);
for (const [way, variables] of Object.entries(made.ways)) {
  test(way, async () => {
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
      const client = new DynamoDBClient({ endpoint: made.endpoint, region: made.region, credentials: fromNodeProviderChain({ ignoreCache: true }), maxAttempts: 1 });
      const TableName = made.table;
      const Key = { id: { S: `js ${way}` } };
      await client.send(new PutItemCommand({ TableName, Item: Key }));
      assert.deepEqual((await client.send(new GetItemCommand({ TableName, Key }))).Item, Key);
      await assert.rejects(client.send(new DeleteItemCommand({ TableName, Key })), (e) => e.name === 'AccessDeniedException' && e.message.includes(made.principal));
    } finally {
      for (const name of Object.keys(process.env)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });
}
