"""An administrator's script: permission sets, assignments, applications. The environment says where the server is."""

import unittest

import boto3
from botocore.exceptions import ClientError

admin = boto3.client("sso-admin")
people = boto3.client("identitystore")
account = boto3.client("sts").get_caller_identity()["Account"]
PROVIDER = "arn:aws:sso::aws:applicationProvider/custom"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Administration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.arn = admin.create_instance(Name="example")["InstanceArn"]
        [instance] = admin.get_paginator("list_instances").paginate().build_full_result()["Instances"]
        cls.store = instance["IdentityStoreId"]

    def user(self, name):
        return people.create_user(IdentityStoreId=self.store, UserName=name, DisplayName=name,
                                  Name={"GivenName": name, "FamilyName": name})["UserId"]

    def refused(self, code, call, **args):
        with self.assertRaises(ClientError) as caught:
            call(**args)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def test_assignment(self):
        made = admin.create_permission_set(InstanceArn=self.arn, Name="Reader", SessionDuration="PT2H",
                                           Tags=[{"Key": "team", "Value": "blue"}])["PermissionSet"]
        permission_set = made["PermissionSetArn"]
        self.assertEqual(made["SessionDuration"], "PT2H")
        what = dict(InstanceArn=self.arn, PermissionSetArn=permission_set)
        for _ in range(2):
            admin.put_inline_policy_to_permission_set(**what, InlinePolicy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}]}')
        assignment = dict(what, TargetType="AWS_ACCOUNT", TargetId=account, PrincipalType="USER", PrincipalId=self.user("ann"))
        begun = admin.create_account_assignment(**assignment)["AccountAssignmentCreationStatus"]
        self.assertEqual(begun["Status"], "IN_PROGRESS")
        done = admin.describe_account_assignment_creation_status(
            InstanceArn=self.arn, AccountAssignmentCreationRequestId=begun["RequestId"])["AccountAssignmentCreationStatus"]
        self.assertEqual(done["Status"], "SUCCEEDED")
        self.assertEqual(done["CreatedDate"], begun["CreatedDate"])
        listed = admin.get_paginator("list_account_assignments").paginate(**what, AccountId=account).build_full_result()
        self.assertEqual([a["PrincipalId"] for a in listed["AccountAssignments"]], [assignment["PrincipalId"]])
        self.assertIn("ApplicationProfile", self.refused("ConflictException", admin.delete_permission_set, **what))
        admin.delete_account_assignment(**assignment)
        admin.delete_permission_set(**what)
        self.refused("ResourceNotFoundException", admin.describe_permission_set, **what)

    def test_application(self):
        issuer = admin.create_trusted_token_issuer(
            InstanceArn=self.arn, Name="corp", TrustedTokenIssuerType="OIDC_JWT",
            TrustedTokenIssuerConfiguration={"OidcJwtConfiguration": {
                "IssuerUrl": "https://idp.example.com", "ClaimAttributePath": "email",
                "IdentityStoreAttributePath": "emails.value", "JwksRetrievalOption": "OPEN_ID_DISCOVERY"}})["TrustedTokenIssuerArn"]
        shown = admin.describe_trusted_token_issuer(TrustedTokenIssuerArn=issuer)
        self.assertEqual(shown["TrustedTokenIssuerConfiguration"]["OidcJwtConfiguration"]["ClaimAttributePath"], "email")
        app = admin.create_application(InstanceArn=self.arn, Name="app", ApplicationProviderArn=PROVIDER)["ApplicationArn"]
        grant = {"JwtBearer": {"AuthorizedTokenIssuers": [{"TrustedTokenIssuerArn": issuer, "AuthorizedAudiences": ["db"]}]}}
        admin.put_application_grant(ApplicationArn=app, GrantType=BEARER, Grant=grant)
        admin.put_application_grant(ApplicationArn=app, GrantType="refresh_token", Grant={"RefreshToken": {}})
        self.assertEqual(admin.get_application_grant(ApplicationArn=app, GrantType=BEARER)["Grant"], grant)
        self.assertEqual([g["GrantType"] for g in admin.list_application_grants(ApplicationArn=app)["Grants"]], ["refresh_token", BEARER])
        actors = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sso-oauth:CreateTokenWithIAM", "Resource": "*"}]}
        self.refused("ValidationException", admin.put_application_authentication_method, ApplicationArn=app,
                     AuthenticationMethodType="IAM", AuthenticationMethod={"Iam": {"ActorPolicy": {"Statement": "no"}}})
        admin.put_application_authentication_method(ApplicationArn=app, AuthenticationMethodType="IAM",
                                                    AuthenticationMethod={"Iam": {"ActorPolicy": actors}})
        method = admin.get_application_authentication_method(ApplicationArn=app, AuthenticationMethodType="IAM")
        self.assertEqual(method["AuthenticationMethod"]["Iam"]["ActorPolicy"], actors)
        admin.put_application_access_scope(ApplicationArn=app, Scope="db:read")
        self.assertEqual(admin.list_application_access_scopes(ApplicationArn=app)["Scopes"][0]["Scope"], "db:read")
        admin.delete_application(ApplicationArn=app)
        self.refused("ResourceNotFoundException", admin.get_application_grant, ApplicationArn=app, GrantType=BEARER)


if __name__ == "__main__":
    unittest.main()
