"""Tests of how boto3 gets credentials. The environment says where the server is; STATOR_TEST names what was made for them."""

import datetime
import json
import os
import threading
import unittest
from unittest import mock

import boto3
import botocore.config
import botocore.credentials
from botocore.exceptions import ClientError

made = json.loads(os.environ["STATOR_TEST"])
ONCE = botocore.config.Config(retries={"total_max_attempts": 1})
real_now = botocore.credentials._local_now


class Clients(unittest.TestCase):
    def error(self, code, message, status, call, **args):
        """Expects an error, all that a client sees of it."""
        with self.assertRaises(ClientError) as caught:
            call(**args)
        answer = caught.exception.response
        self.assertEqual(answer["Error"]["Code"], code)
        self.assertIn(message, answer["Error"]["Message"])
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status)
        self.assertTrue(answer["ResponseMetadata"]["RequestId"])
        return caught.exception

    def shows(self, session, principal):
        """Checks that a session is the principal's, who may put and get items but not delete them."""
        self.assertEqual(session.client("sts").get_caller_identity()["Arn"], principal)
        table = session.resource("dynamodb").Table(made["table"])
        item = {"id": self.id(), "n": 1}
        table.put_item(Item=item)
        self.assertEqual(table.get_item(Key={"id": self.id()})["Item"], item)
        self.error("AccessDeniedException",
                   f"User: {principal} is not authorized to perform: dynamodb:DeleteItem on resource: {made['table_arn']} "
                   "because no identity-based policy allows the dynamodb:DeleteItem action",
                   400, table.delete_item, Key={"id": self.id()})


class Profiles(Clients):
    def test_static(self):
        self.shows(boto3.Session(profile_name="base"), made["user"])

    def test_role(self):
        session = boto3.Session(profile_name="role")
        self.assertEqual(session.get_credentials().method, "assume-role")
        self.shows(session, made["role"] + "/alice")

    def test_chain(self):
        self.shows(boto3.Session(profile_name="chain"), made["last"] + "/bob")

    def test_process(self):
        self.shows(boto3.Session(profile_name="process"), made["user"])

    def test_web_identity(self):
        self.shows(boto3.Session(profile_name="pod"), made["pod"] + "/pod")

    def test_wrong_external_id(self):
        client = boto3.Session(profile_name="wrong").client("sts")
        self.error("AccessDenied", f"User: {made['user']} is not authorized to perform: sts:AssumeRole on resource: ", 403,
                   client.get_caller_identity)


class Refresh(Clients):
    """A clock that is set forward makes botocore's keys old; it is right again when there are new ones."""

    def setUp(self):
        self.ahead = datetime.timedelta()
        clock = mock.patch("botocore.credentials._local_now", self.now)
        clock.start()
        self.addCleanup(clock.stop)

    def now(self):
        return real_now() + self.ahead

    def renews(self, profile, principal, lifetime):
        session = boto3.Session(profile_name=profile)
        credentials = session.get_credentials()
        get = credentials._refresh_using

        def renewed():
            try:
                return get()
            finally:
                self.ahead = datetime.timedelta()

        credentials._time_fetcher, credentials._refresh_using = self.now, renewed
        client, seen = session.client("sts"), []
        for _ in range(3):
            seen.append(credentials.get_frozen_credentials().access_key)
            self.assertEqual(client.get_caller_identity()["Arn"], principal)
            left = credentials._expiry_time - real_now()
            self.assertLess(abs(left - lifetime), datetime.timedelta(seconds=30))
            self.ahead = lifetime + datetime.timedelta(minutes=1)
        self.assertEqual(len(set(seen)), 3, seen)
        self.shows(session, principal)

    def test_role(self):
        self.renews("role", made["role"] + "/alice", datetime.timedelta(minutes=15))

    def test_web_identity(self):
        self.renews("pod", made["pod"] + "/pod", datetime.timedelta(hours=1))

    def test_threads(self):
        """Botocore renews keys for the last 15 minutes of their life, so those of 15 minutes all the time."""
        session = boto3.Session(profile_name="role")
        client, keys, failed = session.client("dynamodb", config=ONCE), set(), []

        def work(n):
            try:
                for i in range(10):
                    client.put_item(TableName=made["table"], Item={"id": {"S": f"{n}/{i}"}})
                    keys.add(session.get_credentials().get_frozen_credentials().access_key)
            except Exception as e:
                failed.append(e)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(failed, [])
        self.assertGreater(len(keys), 2)  # threads that ask at once share an answer


class Environment(Clients):
    def with_environment(self, **variables):
        changed = mock.patch.dict(os.environ, variables)
        changed.start()
        self.addCleanup(changed.stop)
        return boto3.Session()

    def test_container(self):
        uri = made["container"]
        session = self.with_environment(AWS_CONTAINER_CREDENTIALS_FULL_URI=uri["url"], AWS_CONTAINER_AUTHORIZATION_TOKEN=uri["token"])
        self.assertEqual(session.get_credentials().method, "container-role")
        self.shows(session, made["task"] + "/task")

    def test_web_identity(self):
        session = self.with_environment(AWS_WEB_IDENTITY_TOKEN_FILE=made["token_file"], AWS_ROLE_ARN=made["pod_role"], AWS_ROLE_SESSION_NAME="env")
        self.assertEqual(session.get_credentials().method, "assume-role-with-web-identity")
        self.shows(session, made["pod"] + "/env")


class Errors(Clients):
    """The codes that programs look for."""

    def client(self, service, change=lambda *keys: keys):
        keys = boto3.Session(profile_name="role").get_credentials().get_frozen_credentials()
        key, secret, token = change(*keys[:3])
        return boto3.client(service, aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token, config=ONCE)

    def both(self, change, sts, dynamodb, message):
        self.error(sts, message, 403, self.client("sts", change).get_caller_identity)
        self.error(dynamodb, message, 400, self.client("dynamodb", change).list_tables)

    def test_unknown_key(self):
        self.both(lambda key, secret, token: ("AKIAAAAAAAAAAAAAAAAA", secret, None), "InvalidClientTokenId", "UnrecognizedClientException",
                  "The security token included in the request is invalid")

    def test_without_token(self):
        self.both(lambda key, secret, token: (key, secret, None), "InvalidClientTokenId", "UnrecognizedClientException",
                  "The security token included in the request is invalid")

    def test_wrong_secret(self):
        self.both(lambda key, secret, token: (key, "x" * 40, token), "SignatureDoesNotMatch", "InvalidSignatureException",
                  "The request signature we calculated does not match the signature you provided.")

    def test_wrong_token(self):
        self.both(lambda key, secret, token: (key, secret, token[:-8] + "AAAAAAAA"), "InvalidClientTokenId", "UnrecognizedClientException",
                  "The security token included in the request is invalid")

    def test_modeled(self):
        """Errors that have a class of their own."""
        sts = boto3.Session(profile_name="base").client("sts")
        with self.assertRaises(sts.exceptions.MalformedPolicyDocumentException):
            sts.assume_role(RoleArn=made["role_arn"], RoleSessionName="alice", ExternalId="12345", Policy="{}")
        iam = boto3.Session(profile_name="admin").client("iam")
        with self.assertRaises(iam.exceptions.NoSuchEntityException):
            iam.get_role(RoleName="nobody-made-this")
        with self.assertRaises(iam.exceptions.EntityAlreadyExistsException):
            iam.create_user(UserName=made["user"].rsplit("/", 1)[1])
        with self.assertRaises(iam.exceptions.MalformedPolicyDocumentException):
            iam.create_role(RoleName="never-made", AssumeRolePolicyDocument="{}")


if __name__ == "__main__":
    unittest.main()
