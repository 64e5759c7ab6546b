import { expect, test } from "vitest";
import { kebab, similar } from "./names";

test("names as the AWS CLI has them", () => {
  const names = {
    PutItem: "put-item",
    ListMFADevices: "list-mfa-devices",
    CreateSAMLProvider: "create-saml-provider",
    CreateOpenIDConnectProvider: "create-open-id-connect-provider",
    ClientIDList: "client-id-list",
    AssumeRoleWithSAML: "assume-role-with-saml",
    SAMLAssertion: "saml-assertion",
    SSESpecification: "sse-specification",
    S3Bucket: "s3-bucket",
    ExportTableToPointInTime: "export-table-to-point-in-time",
    ListSSHPublicKeys: "list-ssh-public-keys",
    PolicyARNs: "policy-arns",
    AuthenticationCode1: "authentication-code1",
  };
  for (const [name, want] of Object.entries(names)) expect(kebab(name)).toBe(want);
});

test("names that are like others", () => {
  expect(similar("list-table", ["put-item", "list-tables", "list-users"])[0]).toBe("list-tables");
  expect(similar("zzz", ["put-item"])).toEqual([]);
});
