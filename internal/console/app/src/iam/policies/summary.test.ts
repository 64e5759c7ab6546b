import { expect, test } from "vitest";
import { read } from "./document";
import { summaryOf } from "./summary";

const of = (statement: object) => summaryOf(JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Resource: "*", ...statement } }));

// The examples of "IAM JSON policy elements: NotAction" and of PowerUserAccess.
test.each([
  ["iam:*", "All services except IAM", "Full access"],
  ["s3:DeleteBucket", "All services", "All actions except s3:DeleteBucket"],
  [["iam:*", "organizations:*", "account:*"], "All services except IAM, Organizations, Account", "Full access"],
  [["iam:*", "dynamodb:Delete*", "sts:GetCallerIdentity"], "All services except IAM", "All actions except dynamodb:Delete*, sts:GetCallerIdentity"],
  ["*", "All services", "None"],
])("NotAction %s", (NotAction, service, access) => {
  for (const effect of ["Allow", "Deny"]) {
    expect(of({ Effect: effect, NotAction })).toEqual([{ effect, service, access, resource: "All resources", condition: "None" }]);
  }
});

// The example of "IAM JSON policy elements: NotResource".
test("NotResource", () => {
  const NotResource = ["arn:aws:s3:::HRBucket/Payroll", "arn:aws:s3:::HRBucket/Payroll/*"];
  expect(of({ Effect: "Deny", Action: "s3:*", Resource: undefined, NotResource })).toMatchObject([
    { effect: "Deny", access: "Full access", resource: `All resources except ${NotResource.join(", ")}` },
  ]);
  expect(of({ Action: "s3:*", Resource: undefined, NotResource: "*" })).toMatchObject([{ resource: "None" }]);
});

test("a row for each service", () => {
  expect(of({ Action: ["dynamodb:*", "iam:GetUser"] })).toMatchObject([
    { service: "DynamoDB", access: "Full access" },
    { service: "IAM", access: "Limited: Read" },
  ]);
});

test("the visual editor does not take apart what is excepted", () => {
  const document = JSON.stringify({ Statement: { Effect: "Allow", NotAction: ["iam:*", "sts:*"], Resource: "*" } });
  expect(() => read(document)).toThrow("NotAction with actions of several services");
});
