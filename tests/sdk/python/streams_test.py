"""A consumer of DynamoDB Streams with boto3: it makes a copy of a table that is written to. The environment says where the
server is, whose shards live for a second."""

import datetime
import threading
import time
import unittest

import boto3
from botocore.exceptions import ClientError

TABLE = "Python-Source"
db = boto3.client("dynamodb")
streams = boto3.client("dynamodbstreams")


def shards_of(arn):
    """All shards of a stream by id, and whether it is disabled."""
    shards, more = {}, {}
    while True:
        d = streams.describe_stream(StreamArn=arn, Limit=4, **more)["StreamDescription"]
        shards.update((s["ShardId"], s) for s in d["Shards"])
        if "LastEvaluatedShardId" not in d:
            return shards, d["StreamStatus"] == "DISABLED"
        more = {"ExclusiveStartShardId": d["LastEvaluatedShardId"]}


class Copy:
    """A copy of the table, made of what its stream says."""

    def __init__(self, test, arn):
        self.test, self.arn = test, arn
        self.items, self.events, self.done, self.iterators = {}, set(), set(), {}

    def step(self):
        """Reads a page of each shard whose parent is done, and says whether there is nothing more to read."""
        shards, disabled = shards_of(self.arn)
        todo = [s for i, s in shards.items() if i not in self.done]
        for shard in todo:
            parent = shard.get("ParentShardId")
            if parent in shards and parent not in self.done:
                continue
            i = shard["ShardId"]
            if i not in self.iterators:
                self.iterators[i] = streams.get_shard_iterator(StreamArn=self.arn, ShardId=i, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            out = streams.get_records(ShardIterator=self.iterators[i], Limit=50)
            for r in out["Records"]:
                self.apply(r)
            if "NextShardIterator" in out:
                self.iterators[i] = out["NextShardIterator"]
            else:
                self.done.add(i)
        return disabled and not todo

    def apply(self, r):
        d = r["dynamodb"]
        key = d["Keys"]["Id"]["S"]
        self.test.assertNotIn(r["eventID"], self.events)
        self.events.add(r["eventID"])
        self.test.assertEqual(self.items.get(key), d.get("OldImage"), d["SequenceNumber"])
        self.test.assertEqual((r["eventSource"], r["eventVersion"], d["StreamViewType"]), ("aws:dynamodb", "1.1", "NEW_AND_OLD_IMAGES"))
        self.test.assertIsInstance(d["ApproximateCreationDateTime"], datetime.datetime)
        if "NewImage" in d:
            self.items[key] = d["NewImage"]
        else:
            del self.items[key]


class Streams(unittest.TestCase):
    def test_copy(self):
        made = db.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "Id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "Id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]
        db.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        failed = []

        def write():
            try:
                end, n = time.time() + 4, 0
                while n < 150 or time.time() < end:
                    n += 1
                    key = {"Id": {"S": str(n % 13)}}
                    if n % 5 == 0:
                        db.delete_item(TableName=TABLE, Key=key)
                    else:
                        db.update_item(TableName=TABLE, Key=key, UpdateExpression="SET #n = :n, #b = :b",
                                       ExpressionAttributeNames={"#n": "Count", "#b": "Bytes"},
                                       ExpressionAttributeValues={":n": {"N": str(n)}, ":b": {"B": b"\x00\xff"}})
                db.update_table(TableName=TABLE, StreamSpecification={"StreamEnabled": False})
            except Exception as e:  # shown by the test
                failed.append(e)

        writer = threading.Thread(target=write)
        writer.start()
        copy = Copy(self, made["LatestStreamArn"])
        while not copy.step() and not failed:
            pass
        writer.join()
        self.assertEqual(failed, [])
        there = {it["Id"]["S"]: it for page in db.get_paginator("scan").paginate(TableName=TABLE) for it in page["Items"]}
        self.assertEqual(copy.items, there)
        self.assertGreaterEqual(len(copy.done), 12)
        self.assertGreater(len(copy.events), 100)

    def test_errors(self):
        with self.assertRaises(streams.exceptions.ResourceNotFoundException):
            streams.describe_stream(StreamArn=f"arn:aws:dynamodb:{db.meta.region_name}:{boto3.client('sts').get_caller_identity()['Account']}:table/None/stream/2026-01-01T00:00:00.000")
        with self.assertRaises(ClientError) as e:
            streams.get_records(ShardIterator="nothing")
        self.assertEqual(e.exception.response["Error"]["Code"], "ValidationException")


if __name__ == "__main__":
    unittest.main()
