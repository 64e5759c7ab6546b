"""Gets credentials from stator credentials in each way of STATOR_TEST, with boto3, and uses them."""

import json
import os

import boto3
from botocore.exceptions import ClientError

made = json.loads(os.environ["STATOR_TEST"])
for way, variables in made["ways"].items():
    before = dict(os.environ)
    os.environ.update(variables)
    session = boto3.Session(region_name=made["region"])
    arn = session.client("sts").get_caller_identity()["Arn"]
    assert arn == made["principal"], (way, arn)
    db = session.client("dynamodb")
    db.put_item(TableName=made["table"], Item={"id": {"S": way}})
    assert "Item" in db.get_item(TableName=made["table"], Key={"id": {"S": way}}), way
    try:
        db.delete_item(TableName=made["table"], Key={"id": {"S": way}})
    except ClientError as e:
        assert e.response["Error"]["Code"] == "AccessDeniedException", (way, e)
    else:
        raise AssertionError(way + ": the role may do what it may not")
    os.environ.clear()
    os.environ.update(before)
