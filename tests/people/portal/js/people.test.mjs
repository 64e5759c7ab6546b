// People's profiles with the AWS SDK for JavaScript. The environment says where the server is; STATOR_TEST names what was made for
// them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescribeTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { fromLoginCredentials, fromSSO } from '@aws-sdk/credential-providers';

const made = JSON.parse(process.env.STATOR_TEST);

async function tries(profile, credentials) {
  const client = new DynamoDBClient({ profile, credentials, maxAttempts: 1 });
  await client.send(new ListTablesCommand({}));
  await assert.rejects(client.send(new DescribeTableCommand({ TableName: 'none' })), (e) => {
    assert.equal(e.name, 'AccessDeniedException');
    assert.ok(e.message.includes(profile === 'login' ? made.user : made.role), e.message);
    return true;
  });
}

for (const profile of ['session', 'legacy']) {
  test(`profile ${profile}`, () => tries(profile, fromSSO({ profile })));
}

test('aws login', () => tries('login', fromLoginCredentials({ profile: 'login' })));

test('the default chain', () => tries('session', undefined));
