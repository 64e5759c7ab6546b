// Tests of how the AWS SDK for JavaScript gets credentials. The environment says where the server is; STATOR_TEST names
// what was made for them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DeleteItemCommand, DescribeTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  fromContainerMetadata, fromEnv, fromHttp, fromIni, fromProcess, fromTemporaryCredentials, fromTokenFile,
} from '@aws-sdk/credential-providers';

const made = JSON.parse(process.env.STATOR_TEST);
const { endpoint, region } = made;
const clientConfig = { endpoint, region };
const base = { accessKeyId: made.key, secretAccessKey: made.secret };

// thrown is what a promise is rejected with.
async function thrown(promise) {
  try {
    await promise;
  } catch (e) {
    return e;
  }
  assert.fail('nothing was thrown');
}

// shows checks that a client is the principal's, who may put and get items but not delete them.
async function shows(client, principal) {
  const TableName = made.table;
  const Key = { id: { S: principal } };
  await client.send(new PutItemCommand({ TableName, Item: Key }));
  assert.deepEqual((await client.send(new GetItemCommand({ TableName, Key }))).Item, Key);
  const e = await thrown(client.send(new DeleteItemCommand({ TableName, Key })));
  assert.equal(e.name, 'AccessDeniedException');
  assert.equal(e.message, `User: ${principal} is not authorized to perform: dynamodb:DeleteItem on resource: ${made.table_arn} ` +
    'because no identity-based policy allows the dynamodb:DeleteItem action');
  assert.equal(e.$metadata.httpStatusCode, 400);
  assert.ok(e.$metadata.requestId);
}

const using = (credentials) => new DynamoDBClient({ ...clientConfig, credentials, maxAttempts: 1 });

// withEnvironment runs f with other environment variables; undefined takes one away.
async function withEnvironment(variables, f) {
  const before = { ...process.env };
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  try {
    return await f();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

const toRole = (more = {}) => fromTemporaryCredentials({
  masterCredentials: base, clientConfig,
  params: { RoleArn: made.role_arn, RoleSessionName: 'alice', ExternalId: '12345', DurationSeconds: 900, ...more },
});

describe('a role', () => {
  test('fromTemporaryCredentials', async () => {
    const credentials = await toRole()();
    const left = credentials.expiration - Date.now();
    assert.ok(left > 14 * 60e3 && left < 15.1 * 60e3, `${left} ms left`);
    await shows(using(toRole()), `${made.role}/alice`);
  });

  test('fromTemporaryCredentials, of a role of a role', async () => {
    const last = fromTemporaryCredentials({ masterCredentials: toRole(), clientConfig, params: { RoleArn: made.last_arn, RoleSessionName: 'bob' } });
    await shows(using(last), `${made.last}/bob`);
  });

  test('another external id', async () => {
    const e = await thrown(using(toRole({ ExternalId: '54321' })).send(new DescribeTableCommand({ TableName: made.table })));
    assert.equal(e.name, 'AccessDenied');
    assert.ok(e.message.startsWith(`User: ${made.user} is not authorized to perform: sts:AssumeRole on resource: ${made.role_arn}`), e.message);
    assert.equal(e.$metadata.httpStatusCode, 403);
  });

  test('a duration that is none', async () => {
    const e = await thrown(toRole({ DurationSeconds: 899 })());
    assert.equal(e.name, 'ValidationError');
    assert.match(e.message, /durationSeconds/);
  });

  // The SDK renews keys that end within five minutes.
  test('renewed', async () => {
    const keys = new Set();
    const renewed = using(async () => {
      const credentials = await toRole()();
      keys.add(credentials.accessKeyId);
      return { ...credentials, expiration: new Date(Date.now() + 60e3) };
    });
    for (let i = 0; i < 5; i++) {
      await Promise.all(Array.from({ length: 8 }, (_, n) => renewed.send(new PutItemCommand({
        TableName: made.table, Item: { id: { S: `${i}/${n}` } },
      }))));
    }
    assert.ok(keys.size >= 5, `${keys.size} keys`);
    const last = new Set();
    const lasting = using(async () => {
      const credentials = await toRole()();
      last.add(credentials.accessKeyId);
      return credentials;
    });
    await shows(lasting, `${made.role}/alice`);
    assert.equal(last.size, 1);
  });
});

describe('profiles', () => {
  const principals = {
    base: made.user, process: made.user, role: `${made.role}/alice`, chain: `${made.last}/bob`, pod: `${made.pod}/pod`,
  };
  for (const [profile, principal] of Object.entries(principals)) {
    test(`fromIni, ${profile}`, () => shows(using(fromIni({ profile, clientConfig })), principal));

    // The default chain, told of the endpoint once by a variable and once by the profile.
    test(`AWS_PROFILE, ${profile}`, () => withEnvironment({ AWS_PROFILE: profile }, () => shows(new DynamoDBClient({}), principal)));
    test(`a profile's endpoint_url, ${profile}`, () => withEnvironment(
      { AWS_PROFILE: profile, AWS_ENDPOINT_URL: undefined, AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined },
      () => shows(new DynamoDBClient({}), principal),
    ));
  }

  test('fromProcess', () => shows(using(fromProcess({ profile: 'process' })), made.user));
});

describe('containers and pods', () => {
  const { url, token } = made.container;
  const variables = { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: token };
  const principal = `${made.task}/task`;

  test('fromHttp', () => shows(using(fromHttp({ awsContainerCredentialsFullUri: url, awsContainerAuthorizationToken: token })), principal));
  test('fromContainerMetadata', () => withEnvironment(variables, () => shows(using(fromContainerMetadata()), principal)));
  test('the environment of a container', () => withEnvironment(variables, () => shows(new DynamoDBClient({}), principal)));

  test('fromTokenFile', () => shows(using(fromTokenFile({
    clientConfig, webIdentityTokenFile: made.token_file, roleArn: made.pod_role, roleSessionName: 'file',
  })), `${made.pod}/file`));
  test('the environment of a pod', () => withEnvironment(
    { AWS_WEB_IDENTITY_TOKEN_FILE: made.token_file, AWS_ROLE_ARN: made.pod_role, AWS_ROLE_SESSION_NAME: 'env' },
    () => shows(new DynamoDBClient({}), `${made.pod}/env`),
  ));
});

test('fromEnv', async () => {
  const { accessKeyId, secretAccessKey, sessionToken } = await toRole()();
  const variables = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
  await withEnvironment(variables, () => shows(using(fromEnv()), `${made.role}/alice`));
  const e = await thrown(using({ accessKeyId, secretAccessKey }).send(new DescribeTableCommand({ TableName: made.table })));
  assert.equal(e.name, 'UnrecognizedClientException');
});
