"""Tests of the server with boto3's resource API. The environment says where the server is and with which key."""

import datetime
import unittest
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary
from botocore.exceptions import ClientError

dynamodb = boto3.resource("dynamodb")
FAST = {"Delay": 1, "MaxAttempts": 60}


def create(name, keys, **more):
    """Makes an on-demand table whose keys are given as (name, type) pairs."""
    table = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": k, "KeyType": r} for (k, _), r in zip(keys, ["HASH", "RANGE"])],
        AttributeDefinitions=[{"AttributeName": k, "AttributeType": t} for k, t in keys],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    table.meta.client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=FAST)
    table.load()
    return table


class Movies(unittest.TestCase):
    """The guide's Movies table."""

    @classmethod
    def setUpClass(cls):
        cls.table = create("Python-Movies", [("year", "N"), ("title", "S")])

    @classmethod
    def tearDownClass(cls):
        cls.table.delete()
        cls.table.meta.client.get_waiter("table_not_exists").wait(TableName=cls.table.name, WaiterConfig=FAST)

    def test_table(self):
        self.assertEqual(self.table.table_status, "ACTIVE")
        self.assertEqual(self.table.billing_mode_summary["BillingMode"], "PAY_PER_REQUEST")
        age = datetime.datetime.now(datetime.timezone.utc) - self.table.creation_date_time
        self.assertLess(abs(age.total_seconds()), 600)
        self.assertIn("Python-Movies", [t.name for t in dynamodb.tables.all()])
        with self.assertRaises(self.table.meta.client.exceptions.ResourceInUseException):
            create("Python-Movies", [("year", "N")])

    def test_items(self):
        item = {
            "year": 2015, "title": "The Big New Movie",
            "info": {"plot": "Nothing happens at all.", "rating": Decimal("0.0"), "genres": {"Drama", "Comedy"}, "cast": ["Larry", None, True, {}]},
            "poster": Binary(b"\x00\xff"), "sizes": {Decimal("1.5"), Decimal(2)},
        }
        self.table.put_item(Item=item)
        key = {"year": 2015, "title": "The Big New Movie"}
        self.assertEqual(self.table.get_item(Key=key)["Item"], item)
        out = self.table.update_item(
            Key=key, UpdateExpression="SET info.rating = :r, info.#p = :p, info.actors = :a",
            ExpressionAttributeNames={"#p": "plot"},
            ExpressionAttributeValues={":r": Decimal("5.5"), ":p": "Everything happens all at once.", ":a": ["Larry", "Moe", "Curly"]},
            ReturnValues="UPDATED_NEW",
        )
        self.assertEqual(out["Attributes"], {"info": {
            "rating": Decimal("5.5"), "plot": "Everything happens all at once.", "actors": ["Larry", "Moe", "Curly"],
        }})
        with self.assertRaises(ClientError) as failed:
            self.table.update_item(
                Key=key, UpdateExpression="REMOVE info.actors[0]", ConditionExpression="size(info.actors) > :num",
                ExpressionAttributeValues={":num": 3}, ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        error = failed.exception.response
        self.assertEqual(error["Error"], {"Code": "ConditionalCheckFailedException", "Message": "The conditional request failed"})
        self.assertEqual(error["Item"]["info"]["M"]["actors"], {"L": [{"S": "Larry"}, {"S": "Moe"}, {"S": "Curly"}]})
        self.table.update_item(Key=key, UpdateExpression="REMOVE info.actors[0]", ConditionExpression=Attr("info.rating").lte(6))
        gone = self.table.delete_item(Key=key, ConditionExpression=Attr("info.rating").lte(6) & Attr("title").exists(), ReturnValues="ALL_OLD")
        self.assertEqual(gone["Attributes"]["info"]["actors"], ["Moe", "Curly"])
        self.assertNotIn("Item", self.table.get_item(Key=key))

    def test_queries(self):
        with self.table.batch_writer(overwrite_by_pkeys=["year", "title"]) as batch:
            for i in range(60):
                batch.put_item(Item={"year": 1990 + i % 3, "title": f"Movie {i:02d}", "rank": i})
            batch.put_item(Item={"year": 1990, "title": "Movie 00", "rank": 100})
            batch.delete_item(Key={"year": 1991, "title": "Movie 01"})
        of_1990 = [f"Movie {i:02d}" for i in range(0, 60, 3)]
        out = self.table.query(KeyConditionExpression=Key("year").eq(1990))
        self.assertEqual([i["title"] for i in out["Items"]], of_1990)
        self.assertEqual(out["Items"][0]["rank"], 100)
        out = self.table.query(
            KeyConditionExpression=Key("year").eq(1990) & Key("title").between("Movie 06", "Movie 15"),
            FilterExpression=Attr("rank").ne(9) & ~Attr("rank").is_in([12]), ProjectionExpression="#t", ExpressionAttributeNames={"#t": "title"},
            ScanIndexForward=False,
        )
        self.assertEqual(out["Items"], [{"title": "Movie 15"}, {"title": "Movie 06"}])
        self.assertEqual((out["Count"], out["ScannedCount"]), (2, 4))
        out = self.table.query(KeyConditionExpression=Key("year").eq(1990) & Key("title").begins_with("Movie 1"))
        self.assertEqual(len(out["Items"]), 3)

        titles, start = [], {}
        while True:
            page = self.table.scan(Limit=7, FilterExpression=Attr("year").gte(1990) & Attr("title").contains("Movie"), **start)
            titles += [i["title"] for i in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        self.assertEqual(sorted(titles), [f"Movie {i:02d}" for i in range(60) if i != 1])

        keys = [{"year": 1990, "title": "Movie 00"}, {"year": 1991, "title": "Movie 01"}]
        got = dynamodb.batch_get_item(RequestItems={self.table.name: {"Keys": keys, "ConsistentRead": True}})
        self.assertEqual(got["Responses"][self.table.name], [{"year": 1990, "title": "Movie 00", "rank": 100}])
        self.assertEqual(got["UnprocessedKeys"], {})

    def test_transaction(self):
        client = self.table.meta.client
        with self.assertRaises(client.exceptions.TransactionCanceledException) as cancelled:
            client.transact_write_items(TransactItems=[
                {"Put": {"TableName": self.table.name, "Item": {"year": 1, "title": "a"}}},
                {"ConditionCheck": {
                    "TableName": self.table.name, "Key": {"year": 1, "title": "b"}, "ConditionExpression": "attribute_exists(title)",
                }},
            ])
        self.assertEqual(cancelled.exception.response["CancellationReasons"], [
            {"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
        ])
        self.assertEqual(cancelled.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)


if __name__ == "__main__":
    unittest.main()
