"""Asks for a session with iam-rolesanywhere-session, AWS's own client in Python, and uses it."""

import json
import os

from iam_rolesanywhere_session import IAMRolesAnywhereSession

test = json.loads(os.environ["STATOR_TEST"])
for name in test["machines"]:
    folder = os.path.join(test["folder"], name)
    anywhere = IAMRolesAnywhereSession(
        trust_anchor_arn=test["anchor"], profile_arn=test["profile"], role_arn=test["role"], region=test["region"],
        certificate=os.path.join(folder, "certificate.pem"), private_key=os.path.join(folder, "key.pem"),
        certificate_chain=os.path.join(folder, "chain.pem") if os.path.exists(os.path.join(folder, "chain.pem")) else None,
        endpoint=test["endpoint"].removeprefix("https://"), verify=test["ca"], session_duration=900,
    ).get_session()
    kwargs = {"endpoint_url": test["endpoint"]}
    identity = anywhere.client("sts", **kwargs).get_caller_identity()
    assert identity["Arn"].startswith(test["session"]), identity
    assert anywhere.client("dynamodb", **kwargs).list_tables()["TableNames"] == []
