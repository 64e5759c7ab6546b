// Tests of the server with the AWS SDK for JavaScript: the document client, paginators, waiters, errors and values.
// The environment says where the server is and with which key.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  BatchWriteItemCommand, ConditionalCheckFailedException, CreateTableCommand, DeleteTableCommand, DescribeTableCommand,
  DynamoDBClient, GetItemCommand, IdempotentParameterMismatchException, ListTablesCommand, PutItemCommand,
  ResourceInUseException, ResourceNotFoundException, TransactionCanceledException, UpdateTableCommand, paginateScan,
  waitUntilTableExists, waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, DynamoDBDocument, DynamoDBDocumentClient, GetCommand, NumberValue,
  PutCommand, QueryCommand, ScanCommand, TransactGetCommand, TransactWriteCommand, UpdateCommand, paginateQuery,
} from '@aws-sdk/lib-dynamodb';

const client = new DynamoDBClient({});
const doc = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
const soon = { client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 1 };
const Music = 'JS-Music';
const Products = 'JS-ProductCatalog';

// make creates an on-demand table whose keys are given as { name: type }.
async function make(TableName, keys, more = {}) {
  const names = Object.keys(keys);
  await client.send(new CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    KeySchema: names.slice(0, 2).map((AttributeName, i) => ({ AttributeName, KeyType: i ? 'RANGE' : 'HASH' })),
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: keys[AttributeName] })),
    ...more,
  }));
  const { state } = await waitUntilTableExists(soon, { TableName });
  assert.equal(state, 'SUCCESS');
}

// thrown is what a promise is rejected with, which has to be of that class.
async function thrown(promise, type) {
  try {
    await promise;
  } catch (e) {
    assert.ok(e instanceof type, `${e.name} is no ${type.name}: ${e.message}`);
    return e;
  }
  assert.fail(`no error, want ${type.name}`);
}

describe('the tutorial, with the document client', () => {
  before(() => make(Music, { Artist: 'S', SongTitle: 'S', AlbumTitle: 'S' }, {
    LocalSecondaryIndexes: [{
      IndexName: 'AlbumTitleIndex', Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['Genre', 'Year'] },
      KeySchema: [{ AttributeName: 'Artist', KeyType: 'HASH' }, { AttributeName: 'AlbumTitle', KeyType: 'RANGE' }],
    }],
  }));
  after(async () => {
    const gone = await client.send(new DeleteTableCommand({ TableName: Music }));
    assert.equal(gone.TableDescription.TableStatus, 'DELETING');
    assert.equal((await waitUntilTableNotExists(soon, { TableName: Music })).state, 'SUCCESS');
    await thrown(client.send(new DescribeTableCommand({ TableName: Music })), ResourceNotFoundException);
  });

  test('put, get, update, query, delete', async () => {
    for (const Item of [
      { Artist: 'No One You Know', SongTitle: 'Call Me Today', AlbumTitle: 'Somewhat Famous', Awards: 1 },
      { Artist: 'No One You Know', SongTitle: 'Howdy', AlbumTitle: 'Somewhat Famous', Awards: 2 },
      { Artist: 'Acme Band', SongTitle: 'Happy Day', AlbumTitle: 'Songs About Life', Awards: 10, Genre: 'Rock', dropped: undefined },
      { Artist: 'Acme Band', SongTitle: 'PartiQL Rocks', AlbumTitle: 'Another Album Title', Awards: 8 },
    ]) {
      const out = await doc.send(new PutCommand({ TableName: Music, Item }));
      assert.equal(out.$metadata.httpStatusCode, 200);
      assert.match(out.$metadata.requestId, /^[0-9A-Z]{52}$/);
    }
    const Key = { Artist: 'Acme Band', SongTitle: 'Happy Day' };
    const { Item } = await doc.send(new GetCommand({ TableName: Music, Key, ConsistentRead: true }));
    assert.deepEqual(Item, { ...Key, AlbumTitle: 'Songs About Life', Awards: 10, Genre: 'Rock' });
    const updated = await doc.send(new UpdateCommand({
      TableName: Music, Key, UpdateExpression: 'SET AlbumTitle = :newval ADD Awards :one REMOVE Genre',
      ExpressionAttributeValues: { ':newval': 'Updated Album Title', ':one': 1 }, ReturnValues: 'ALL_NEW',
    }));
    assert.deepEqual(updated.Attributes, { ...Key, AlbumTitle: 'Updated Album Title', Awards: 11 });
    const songs = await doc.send(new QueryCommand({
      TableName: Music, KeyConditionExpression: 'Artist = :name', ExpressionAttributeValues: { ':name': 'Acme Band' },
      ScanIndexForward: false, ReturnConsumedCapacity: 'TOTAL',
    }));
    assert.deepEqual(songs.Items.map((s) => s.SongTitle), ['PartiQL Rocks', 'Happy Day']);
    assert.equal(songs.Count, 2);
    assert.deepEqual(songs.ConsumedCapacity, { TableName: Music, CapacityUnits: 0.5 });
    const album = await doc.send(new QueryCommand({
      TableName: Music, IndexName: 'AlbumTitleIndex', KeyConditionExpression: 'Artist = :a AND begins_with(AlbumTitle, :t)',
      ExpressionAttributeValues: { ':a': 'Acme Band', ':t': 'Updated' },
    }));
    assert.deepEqual(album.Items, [{ ...Key, AlbumTitle: 'Updated Album Title' }]);
    const gone = await doc.send(new DeleteCommand({ TableName: Music, Key, ReturnValues: 'ALL_OLD' }));
    assert.equal(gone.Attributes.Awards, 11);
    assert.equal((await doc.send(new GetCommand({ TableName: Music, Key }))).Item, undefined);
  });
});

describe('items', () => {
  before(() => make(Products, { Id: 'N' }));
  after(() => client.send(new DeleteTableCommand({ TableName: Products })));

  test('values of every type come back as they were', async () => {
    const Item = {
      Id: 1, text: 'Été \u2028 "q" \\ 😀', empty: '', yes: true, no: false, nothing: null, zero: 0, half: -0.5, list: [1, 'two', [3], {}],
      map: { 'a.b': { c: [] } }, bytes: new Uint8Array([0, 1, 254, 255]),
      words: new Set(['b', 'a']), numbers: new Set([3, -1.5]), blobs: new Set([new Uint8Array([1]), new Uint8Array([2, 3])]),
    };
    await doc.send(new PutCommand({ TableName: Products, Item }));
    const got = (await doc.send(new GetCommand({ TableName: Products, Key: { Id: 1 } }))).Item;
    const sorted = (set) => [...set].map((e) => (e instanceof Uint8Array ? [...e].join() : e)).sort();
    for (const name of ['words', 'numbers', 'blobs']) {
      assert.ok(got[name] instanceof Set, name);
      assert.deepEqual(sorted(got[name]), sorted(Item[name]));
      delete got[name];
      delete Item[name];
    }
    assert.deepEqual(got, Item);
  });

  test('big numbers keep all 38 digits', async () => {
    const exact = DynamoDBDocument.from(new DynamoDBClient({}), { unmarshallOptions: { wrapNumbers: true } });
    const big = NumberValue.from('12345678901234567890123456789012345678');
    await exact.put({ TableName: Products, Item: { Id: 2, big, large: 9007199254740993n } });
    const { Item } = await exact.get({ TableName: Products, Key: { Id: 2 } });
    assert.equal(Item.big.value, '12345678901234567890123456789012345678');
    assert.equal(Item.large.toBigInt(), 9007199254740993n);
    const sum = await exact.update({
      TableName: Products, Key: { Id: 2 }, UpdateExpression: 'SET big = big + :one', ExpressionAttributeValues: { ':one': 1 }, ReturnValues: 'UPDATED_NEW',
    });
    assert.equal(sum.Attributes.big.value, '12345678901234567890123456789012345679');
    await assert.rejects(exact.put({ TableName: Products, Item: { Id: 3, big: NumberValue.from('1'.repeat(39)) } }), {
      name: 'ValidationException', message: 'Attempting to store more than 38 significant digits in a Number',
    });
  });

  test('a failed condition gives the item', async () => {
    await doc.send(new PutCommand({ TableName: Products, Item: { Id: 4, Price: 10 } }));
    const put = { TableName: Products, Item: { Id: 4 }, ConditionExpression: 'attribute_not_exists(Id)' };
    let e = await thrown(doc.send(new PutCommand({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })), ConditionalCheckFailedException);
    assert.equal(e.message, 'The conditional request failed');
    assert.equal(e.$fault, 'client');
    assert.equal(e.$metadata.httpStatusCode, 400);
    assert.equal(e.$metadata.attempts, 1);
    assert.deepEqual(e.Item, { Id: { N: '4' }, Price: { N: '10' } });
    e = await thrown(doc.send(new PutCommand(put)), ConditionalCheckFailedException);
    assert.equal(e.Item, undefined);
  });

  test('a cancelled transaction gives the reasons', async () => {
    await doc.send(new PutCommand({ TableName: Products, Item: { Id: 5, Status: 'SOLD' } }));
    const e = await thrown(doc.send(new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName: Products, Item: { Id: 6 } } },
        {
          Update: {
            TableName: Products, Key: { Id: 5 }, UpdateExpression: 'SET #s = :new', ConditionExpression: '#s = :old',
            ExpressionAttributeNames: { '#s': 'Status' }, ExpressionAttributeValues: { ':new': 'SOLD', ':old': 'IN_STOCK' },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    })), TransactionCanceledException);
    assert.equal(e.message, 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]');
    assert.deepEqual(e.CancellationReasons, [
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { Id: { N: '5' }, Status: { S: 'SOLD' } } },
    ]);
    const read = await doc.send(new TransactGetCommand({
      TransactItems: [{ Get: { TableName: Products, Key: { Id: 5 } } }, { Get: { TableName: Products, Key: { Id: 6 } } }],
    }));
    assert.deepEqual(read.Responses, [{ Item: { Id: 5, Status: 'SOLD' } }, {}]);
  });

  test('a token makes a transaction idempotent', async () => {
    const add = (n) => doc.send(new TransactWriteCommand({
      ClientRequestToken: 'javascript-token',
      TransactItems: [{ Update: { TableName: Products, Key: { Id: 7 }, UpdateExpression: 'ADD Hits :n', ExpressionAttributeValues: { ':n': n } } }],
    }));
    await add(1);
    await add(1);
    assert.deepEqual((await doc.send(new GetCommand({ TableName: Products, Key: { Id: 7 } }))).Item, { Id: 7, Hits: 1 });
    await thrown(add(2), IdempotentParameterMismatchException);
  });

  test('batches', async () => {
    const PutRequest = (Id) => ({ PutRequest: { Item: { Id, Kind: 'batch' } } });
    const ids = Array.from({ length: 25 }, (_, i) => 100 + i);
    const wrote = await doc.send(new BatchWriteCommand({ RequestItems: { [Products]: ids.map(PutRequest) } }));
    assert.deepEqual(wrote.UnprocessedItems, {});
    const read = await doc.send(new BatchGetCommand({
      RequestItems: { [Products]: { Keys: [...ids, 999].map((Id) => ({ Id })), ProjectionExpression: 'Id' } },
    }));
    assert.deepEqual(read.Responses[Products].map((i) => i.Id).sort(), ids);
    assert.deepEqual(read.UnprocessedKeys, {});
    await assert.rejects(client.send(new BatchWriteItemCommand({ RequestItems: {} })), { name: 'ValidationException' });
  });
});

describe('pages and tables', () => {
  const Movies = 'JS-Movies';
  before(() => make(Movies, { year: 'N', title: 'S' }));
  after(() => client.send(new DeleteTableCommand({ TableName: Movies })));

  test('paginators', async () => {
    const titles = Array.from({ length: 12 }, (_, i) => `Movie ${String(i).padStart(2, '0')}`);
    for (const title of titles) {
      await doc.send(new PutCommand({ TableName: Movies, Item: { year: 1993, title } }));
    }
    const query = {
      TableName: Movies, KeyConditionExpression: '#y = :y', ExpressionAttributeNames: { '#y': 'year' }, ExpressionAttributeValues: { ':y': 1993 },
    };
    const pages = [];
    for await (const page of paginateQuery({ client: doc, pageSize: 5 }, query)) {
      pages.push(page.Items.map((i) => i.title));
    }
    assert.deepEqual(pages, [titles.slice(0, 5), titles.slice(5, 10), titles.slice(10)]);
    let count = 0;
    for await (const page of paginateScan({ client, pageSize: 5 }, { TableName: Movies, Select: 'COUNT' })) {
      count += page.Count;
    }
    assert.equal(count, 12);
    const part = await doc.send(new ScanCommand({ TableName: Movies, FilterExpression: 'title > :t', ExpressionAttributeValues: { ':t': titles[8] } }));
    assert.deepEqual([part.Count, part.ScannedCount], [3, 12]);
  });

  test('tables', async () => {
    await thrown(make(Movies, { year: 'N' }), ResourceInUseException);
    const e = await thrown(client.send(new GetItemCommand({ TableName: 'JS-Nowhere', Key: { Id: { S: '1' } } })), ResourceNotFoundException);
    assert.equal(e.message, 'Requested resource not found');
    assert.ok((await client.send(new ListTablesCommand({}))).TableNames.includes(Movies));
    await client.send(new UpdateTableCommand({ TableName: Movies, DeletionProtectionEnabled: true }));
    await waitUntilTableExists(soon, { TableName: Movies });
    await assert.rejects(client.send(new DeleteTableCommand({ TableName: Movies })), {
      name: 'ValidationException', message: /currently protected against deletion/,
    });
    await client.send(new UpdateTableCommand({ TableName: Movies, DeletionProtectionEnabled: false }));
    await waitUntilTableExists(soon, { TableName: Movies });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: Movies }));
    assert.ok(Table.CreationDateTime instanceof Date && Math.abs(Date.now() - Table.CreationDateTime) < 600_000);
    assert.deepEqual(Table.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  });

  test('a wrong key', async () => {
    const wrong = new DynamoDBClient({ credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: 'wrong' }, maxAttempts: 1 });
    await assert.rejects(wrong.send(new PutItemCommand({ TableName: Movies, Item: {} })), { name: 'InvalidSignatureException' });
  });
});
