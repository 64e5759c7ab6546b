// A consumer of DynamoDB Streams with the AWS SDK for JavaScript: it makes a copy of a table that is written to. The
// environment says where the server is, whose shards live for a second.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand, DynamoDBClient, TransactWriteItemsCommand, UpdateTableCommand, UpdateTimeToLiveCommand, PutItemCommand, paginateScan,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand, ListStreamsCommand, ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb-streams';

const client = new DynamoDBClient({});
const streams = new DynamoDBStreamsClient({});
const TableName = 'JS-Source';

// shardsOf lists all shards of a stream, and says whether it is disabled.
async function shardsOf(StreamArn) {
  const shards = [];
  let ExclusiveStartShardId;
  for (;;) {
    const { StreamDescription: d } = await streams.send(new DescribeStreamCommand({ StreamArn, Limit: 5, ExclusiveStartShardId }));
    shards.push(...d.Shards);
    ExclusiveStartShardId = d.LastEvaluatedShardId;
    if (!ExclusiveStartShardId) return { shards, disabled: d.StreamStatus === 'DISABLED' };
  }
}

// follow calls each with the records of a shard, then with those of its children.
async function follow(StreamArn, ShardId, each, seen) {
  seen.add(ShardId);
  let { ShardIterator } = await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }));
  while (ShardIterator) {
    const out = await streams.send(new GetRecordsCommand({ ShardIterator }));
    out.Records.forEach(each);
    if (!out.Records.length) await sleep(50);
    ShardIterator = out.NextShardIterator;
  }
  const { StreamDescription: d } = await streams.send(new DescribeStreamCommand({ StreamArn, ShardFilter: { Type: 'CHILD_SHARDS', ShardId } }));
  for (const child of d.Shards) {
    assert.equal(child.ParentShardId, ShardId);
    await follow(StreamArn, child.ShardId, each, seen);
  }
}

test('a copy of a table follows its stream', async () => {
  const { TableDescription: made } = await client.send(new CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'Id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'Id', AttributeType: 'N' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  }));
  await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 0.05, maxDelay: 1 }, { TableName });
  const StreamArn = made.LatestStreamArn;
  const listed = await streams.send(new ListStreamsCommand({ TableName }));
  assert.deepEqual(listed.Streams, [{ StreamArn, TableName, StreamLabel: made.LatestStreamLabel }]);

  const copy = new Map();
  const last = new Map();
  const events = new Set();
  const expired = [];
  const writing = (async () => {
    for (let n = 0, end = Date.now() + 3000; n < 100 || Date.now() < end; n++) {
      const id = (i) => ({ N: String((n + i) % 11) });
      await client.send(new TransactWriteItemsCommand({ TransactItems: [
        { Put: { TableName, Item: { Id: id(0), Count: { N: String(n) }, Bytes: { B: new Uint8Array([n & 255, 255]) } } } },
        { Update: { TableName, Key: { Id: id(3) }, UpdateExpression: 'SET Seen = :n', ExpressionAttributeValues: { ':n': { NS: [String(n)] } } } },
        { Delete: { TableName, Key: { Id: id(7) } } },
      ] }));
    }
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName: 'Expires', Enabled: true } }));
    await client.send(new PutItemCommand({ TableName, Item: { Id: { N: '100' }, Expires: { N: String(Math.floor(Date.now() / 1000) - 5) } } }));
    while (!expired.length) await sleep(100);
    await client.send(new UpdateTableCommand({ TableName, StreamSpecification: { StreamEnabled: false } }));
  })();

  const each = (r) => {
    assert.equal(r.eventSource, 'aws:dynamodb');
    assert.equal(r.eventVersion, '1.1');
    assert.ok(r.dynamodb.ApproximateCreationDateTime instanceof Date && Math.abs(Date.now() - r.dynamodb.ApproximateCreationDateTime) < 600e3);
    assert.ok(!events.has(r.eventID));
    events.add(r.eventID);
    const id = r.dynamodb.Keys.Id.N;
    assert.deepEqual(r.dynamodb.OldImage, copy.get(id), `item ${id} before ${r.dynamodb.SequenceNumber}`);
    assert.equal(r.eventName, r.dynamodb.NewImage ? (r.dynamodb.OldImage ? 'MODIFY' : 'INSERT') : 'REMOVE');
    assert.ok(BigInt(r.dynamodb.SequenceNumber) > (last.get(id) ?? 0n));
    last.set(id, BigInt(r.dynamodb.SequenceNumber));
    if (r.userIdentity) expired.push({ id, event: r.eventName, ...r.userIdentity });
    if (r.dynamodb.NewImage) copy.set(id, r.dynamodb.NewImage);
    else copy.delete(id);
  };
  const seen = new Set();
  const { shards } = await shardsOf(StreamArn);
  await Promise.all([writing, ...shards.filter((s) => !s.ParentShardId).map((s) => follow(StreamArn, s.ShardId, each, seen))]);

  const there = new Map();
  for await (const page of paginateScan({ client }, { TableName })) page.Items.forEach((it) => there.set(it.Id.N, it));
  assert.deepEqual(copy, there);
  assert.deepEqual(expired, [{ id: '100', event: 'REMOVE', Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }]);
  const all = await shardsOf(StreamArn);
  assert.ok(all.disabled);
  assert.deepEqual(new Set(all.shards.map((s) => s.ShardId)), seen);
  assert.ok(all.shards.every((s) => s.SequenceNumberRange.EndingSequenceNumber));
  assert.ok(seen.size >= 12 && events.size > 100, `${seen.size} shards, ${events.size} events`);

  await assert.rejects(streams.send(new DescribeStreamCommand({ StreamArn: StreamArn.replace(made.LatestStreamLabel, '2015-05-20T20:51:10.252') })),
    ResourceNotFoundException);
});
