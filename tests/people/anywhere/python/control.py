"""Manages trust anchors, profiles and revocation lists with boto3."""

import json
import os

import boto3

test = json.loads(os.environ["STATOR_TEST"])
api = boto3.client("rolesanywhere", endpoint_url=test["endpoint"], verify=test["ca"], region_name=test["region"],
                   aws_access_key_id=test["key"], aws_secret_access_key=test["secret"])

anchor = api.create_trust_anchor(name="by boto3", enabled=True, tags=[{"key": "team", "value": "a"}], source={
    "sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": test["bundle"]}})
assert anchor["ResponseMetadata"]["HTTPStatusCode"] == 201
anchor = anchor["trustAnchor"]
assert anchor["createdAt"].tzinfo is not None, anchor
assert api.list_tags_for_resource(resourceArn=anchor["trustAnchorArn"])["tags"] == [{"key": "team", "value": "a"}]
names = [a["name"] for page in api.get_paginator("list_trust_anchors").paginate(pageSize=1) for a in page["trustAnchors"]]
assert sorted(names) == ["anchor", "by boto3"], names

crl = api.import_crl(name="list", crlData=test["crl"].encode(), trustAnchorArn=anchor["trustAnchorArn"], enabled=True)["crl"]
assert api.get_crl(crlId=crl["crlId"])["crl"]["crlData"] == test["crl"].encode()
assert not api.disable_crl(crlId=crl["crlId"])["crl"]["enabled"]

profile = api.create_profile(name="by boto3", roleArns=[test["role"]], durationSeconds=900)["profile"]
api.put_attribute_mapping(profileId=profile["profileId"], certificateField="x509SAN", mappingRules=[{"specifier": "DNS/1"}])
mappings = api.delete_attribute_mapping(profileId=profile["profileId"], certificateField="x509SAN", specifiers=["DNS", "URI"])["profile"]["attributeMappings"]
assert {"certificateField": "x509SAN", "mappingRules": [{"specifier": "Name/*"}, {"specifier": "DNS/1"}]} in mappings, mappings
try:
    api.create_trust_anchor(name="pca", source={"sourceType": "AWS_ACM_PCA", "sourceData": {"acmPcaArn": "arn:aws:acm-pca:a:b:c"}})
except api.exceptions.ValidationException as e:
    assert "AWS_ACM_PCA is not supported" in e.response["Error"]["Message"], e
else:
    raise AssertionError("a private certificate authority of AWS is trusted")

for page in api.get_paginator("list_subjects").paginate():
    for subject in page["subjects"]:
        assert api.get_subject(subjectId=subject["subjectId"])["subject"]["x509Subject"] == subject["x509Subject"]
api.delete_profile(profileId=profile["profileId"])
api.delete_trust_anchor(trustAnchorId=anchor["trustAnchorId"])
