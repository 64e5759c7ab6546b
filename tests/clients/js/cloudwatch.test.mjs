// Tests of CloudWatch with the AWS SDK for JavaScript, as a console in a browser has it. The environment says where the server is;
// STATOR_TEST names what was made for them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

const made = JSON.parse(process.env.STATOR_TEST);
const config = {
  endpoint: made.endpoint, region: made.region, maxAttempts: 1,
  credentials: { accessKeyId: made.key, secretAccessKey: made.secret },
};
const table = { Name: 'TableName', Value: made.table };

test('metrics of a table', async () => {
  await new DynamoDBClient(config).send(new PutItemCommand({ TableName: made.table, Item: { id: { S: 'measured' } } }));
  const client = new CloudWatchClient(config);
  const listed = await client.send(new ListMetricsCommand({ Namespace: 'AWS/DynamoDB', MetricName: 'ConsumedWriteCapacityUnits', Dimensions: [table] }));
  assert.deepEqual(listed.Metrics, [{ Namespace: 'AWS/DynamoDB', MetricName: 'ConsumedWriteCapacityUnits', Dimensions: [table] }]);
  const { MetricDataResults } = await client.send(new GetMetricDataCommand({
    StartTime: new Date(Date.now() - 3600e3), EndTime: new Date(Date.now() + 3600e3), ScanBy: 'TimestampAscending',
    MetricDataQueries: [{
      Id: 'm1', Label: 'writes',
      MetricStat: { Metric: { Namespace: 'AWS/DynamoDB', MetricName: 'ConsumedWriteCapacityUnits', Dimensions: [table] }, Period: 60, Stat: 'Sum' },
    }],
  }));
  const [m] = MetricDataResults;
  assert.equal(m.Id, 'm1');
  assert.equal(m.Label, 'writes');
  assert.equal(m.StatusCode, 'Complete');
  assert.ok(m.Values.reduce((a, b) => a + b, 0) >= 1, m.Values);
  assert.ok(m.Timestamps[0] instanceof Date && Math.abs(m.Timestamps[0] - Date.now()) < 3600e3, m.Timestamps);
});

test('errors', async () => {
  const client = new CloudWatchClient(config);
  await assert.rejects(client.send(new GetMetricDataCommand({ StartTime: new Date(1e12), EndTime: new Date(0), MetricDataQueries: [] })),
    (e) => e.name === 'InvalidParameterValueException' || e.name === 'InvalidParameterValue');
  await assert.rejects(client.send(new DescribeAlarmsCommand({})), (e) => /does not have the operation DescribeAlarms yet/.test(e.message));
});
