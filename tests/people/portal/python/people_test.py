"""People's profiles with boto3. The environment says where the server is; STATOR_TEST names what was made for them."""
import json
import os
import sys

import boto3
import botocore.exceptions

made = json.loads(os.environ['STATOR_TEST'])


def arn(profile):
    session = boto3.Session(profile_name=profile)
    session.client('dynamodb').list_tables()
    try:
        session.client('dynamodb').describe_table(TableName='none')
    except botocore.exceptions.ClientError as e:
        assert e.response['Error']['Code'] == 'AccessDeniedException', e
    else:
        raise AssertionError('a role may do what it may not')
    return session.client('sts').get_caller_identity()['Arn']


for profile in ('session', 'legacy'):
    who = arn(profile)
    assert made['role'] in who and who.endswith('/' + made['person']), (profile, who)

try:
    import awscrt  # noqa: F401
except ImportError:
    print('the login provider needs awscrt, which is not here', file=sys.stderr)
else:
    assert arn('login') == made['user']
