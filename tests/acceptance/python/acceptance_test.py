"""What programs in Python see of DynamoDB that those in Go do not: exceptions by name and their answers, paginators, waiters,
and the types of boto3. The environment says where the server is and with which key."""

import unittest
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

client = boto3.client("dynamodb")
TABLE = "Acceptance-Python"


class Python(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        client.create_table(
            TableName=TABLE, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in [("pk", "S"), ("sk", "N")]],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}])
        client.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
        cls.table = boto3.resource("dynamodb").Table(TABLE)

    @classmethod
    def tearDownClass(cls):
        cls.table.delete()

    def test_metadata(self):
        out = client.get_item(TableName=TABLE, Key={"pk": {"S": "nobody"}, "sk": {"N": "1"}})
        self.assertNotIn("Item", out)
        meta = out["ResponseMetadata"]
        self.assertEqual(meta["HTTPStatusCode"], 200)
        self.assertEqual(len(meta["RequestId"]), 52)
        self.assertEqual(meta["HTTPHeaders"]["x-amzn-requestid"], meta["RequestId"])
        self.assertEqual(meta["RetryAttempts"], 0)

    def test_exceptions(self):
        key = {"pk": "exceptions", "sk": 1}
        self.table.put_item(Item=key | {"a": 1})
        with self.assertRaises(client.exceptions.ConditionalCheckFailedException) as failed:
            self.table.put_item(Item=key, ConditionExpression=Attr("pk").not_exists(), ReturnValuesOnConditionCheckFailure="ALL_OLD")
        answer = failed.exception.response
        self.assertEqual(answer["Error"], {"Code": "ConditionalCheckFailedException", "Message": "The conditional request failed"})
        self.assertEqual(answer["Item"]["a"], {"N": "1"})
        with self.assertRaises(client.exceptions.TransactionCanceledException) as cancelled:
            client.transact_write_items(TransactItems=[
                {"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "other"}, "sk": {"N": "1"}}}},
                {"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "exceptions"}, "sk": {"N": "1"}}, "ConditionExpression": "a = :v",
                            "ExpressionAttributeValues": {":v": {"N": "2"}}}}])
        self.assertEqual(cancelled.exception.response["CancellationReasons"],
                         [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}])
        with self.assertRaises(client.exceptions.ResourceNotFoundException):
            client.describe_table(TableName="no-such-table")
        with self.assertRaises(ClientError) as wrong:
            client.get_item(TableName=TABLE, Key={"pk": {"S": "x"}})
        self.assertEqual(str(wrong.exception), "An error occurred (ValidationException) when calling the GetItem operation: "
                                               "The provided key element does not match the schema")

    def test_pages(self):
        with self.table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for i in range(60):
                batch.put_item(Item={"pk": "pages", "sk": i % 30, "n": Decimal(i) / 10, "s": {"x", str(i)}})
        pages = list(client.get_paginator("query").paginate(
            TableName=TABLE, KeyConditionExpression="pk = :k", ExpressionAttributeValues={":k": {"S": "pages"}}, PaginationConfig={"PageSize": 7}))
        self.assertEqual([p["Count"] for p in pages], [7, 7, 7, 7, 2])
        items = self.table.query(KeyConditionExpression=Key("pk").eq("pages") & Key("sk").between(5, 7), FilterExpression=Attr("s").contains("36"))["Items"]
        self.assertEqual(items, [{"pk": "pages", "sk": 6, "n": Decimal("3.6"), "s": {"x", "36"}}])


if __name__ == "__main__":
    unittest.main()
