// What Create permission set asks for, and how it is made of it.
import {
  AttachCustomerManagedPolicyReferenceToPermissionSetCommand,
  AttachManagedPolicyToPermissionSetCommand,
  CreatePermissionSetCommand,
  PutInlinePolicyToPermissionSetCommand,
  PutPermissionsBoundaryToPermissionSetCommand,
  type CustomerManagedPolicyReference,
  type PermissionsBoundary,
} from "@aws-sdk/client-sso-admin";
import { ssoAdmin } from "../aws/ssoadmin";
import { policyNameOf } from "../parts/policies";
import type { TagValue } from "../parts/tag_fields";
import { durationOf } from "./durations";

export interface Policies {
  /** ARNs of policies of AWS. */
  managed: string[];
  /** Of policies that each account has itself. */
  customer: CustomerManagedPolicyReference[];
  inline: string;
  boundary: PermissionsBoundary | undefined;
}

export interface SetDraft {
  custom: boolean;
  /** The ARN of the policy of AWS that a predefined one has. */
  predefined: string;
  policies: Policies;
  name: string;
  description: string;
  hours: number;
  relayState: string;
  tags: TagValue[];
}

const job = "arn:aws:iam::aws:policy/job-function/";

/** The policies of the predefined permission sets, as AWS's console offers them. */
export const predefined: [arn: string, description: string][] = [
  ["arn:aws:iam::aws:policy/AdministratorAccess", "Full access to AWS services and resources."],
  [`${job}Billing`, "Permissions for billing and cost management."],
  [`${job}DatabaseAdministrator`, "Permissions to set up and run databases."],
  [`${job}DataScientist`, "Permissions to data analytics services."],
  [`${job}NetworkAdministrator`, "Permissions to network resources."],
  ["arn:aws:iam::aws:policy/PowerUserAccess", "Full access, but for the management of users and groups."],
  ["arn:aws:iam::aws:policy/ReadOnlyAccess", "Reading everything."],
  ["arn:aws:iam::aws:policy/SecurityAudit", "Reading the configuration of security."],
  [`${job}SupportUser`, "Permissions to troubleshoot and resolve issues in an account."],
  [`${job}SystemAdministrator`, "Permissions for application and development operations."],
  [`${job}ViewOnlyAccess`, "Listing and viewing resources, without their content."],
];

export const noSet: SetDraft = {
  custom: false,
  predefined: predefined[0]![0],
  policies: { managed: [], customer: [], inline: "", boundary: undefined },
  name: policyNameOf(predefined[0]![0]),
  description: "",
  hours: 1,
  relayState: "",
  tags: [],
};

/** What is wrong with a name ("CreatePermissionSet", IAM Identity Center API Reference), "" if nothing is. */
export function nameFault(name: string): string {
  if (!name) return "Enter a name.";
  const strange = [...new Set(name.match(/[^\w+=,.@-]/gu))];
  if (strange.length) return `A name can't have ${strange.map((c) => (/\s/.test(c) ? "spaces" : c)).join(" ")}. Use A-Z, a-z, 0-9, and + = , . @ _ -`;
  return name.length > 32 ? `The name has ${name.length} characters; it can have up to 32.` : "";
}

/** The policies that a draft comes to. */
export const policiesOf = (d: SetDraft): Policies => (d.custom ? d.policies : { ...noSet.policies, managed: [d.predefined] });

export interface Made {
  arn: string;
  /** What was not done of what the set should have. */
  failures: unknown[];
}

export async function make(InstanceArn: string, d: SetDraft): Promise<Made> {
  const client = ssoAdmin();
  const created = await client.send(
    new CreatePermissionSetCommand({
      InstanceArn,
      Name: d.name,
      Description: d.description.trim() || undefined,
      SessionDuration: durationOf(d.hours),
      RelayState: d.relayState.trim() || undefined,
      Tags: d.tags.length ? d.tags : undefined,
    }),
  );
  const PermissionSetArn = created.PermissionSet!.PermissionSetArn!;
  const of = { InstanceArn, PermissionSetArn };
  const policies = policiesOf(d);
  const made: Made = { arn: PermissionSetArn, failures: [] };
  // From here on there is a permission set. What fails can be done on its page.
  const attempt = (call: Promise<unknown>) => call.catch((error: unknown) => void made.failures.push(error));
  for (const ManagedPolicyArn of policies.managed) await attempt(client.send(new AttachManagedPolicyToPermissionSetCommand({ ...of, ManagedPolicyArn })));
  for (const CustomerManagedPolicyReference of policies.customer) {
    await attempt(client.send(new AttachCustomerManagedPolicyReferenceToPermissionSetCommand({ ...of, CustomerManagedPolicyReference })));
  }
  if (policies.inline.trim()) await attempt(client.send(new PutInlinePolicyToPermissionSetCommand({ ...of, InlinePolicy: policies.inline })));
  if (policies.boundary) {
    await attempt(client.send(new PutPermissionsBoundaryToPermissionSetCommand({ ...of, PermissionsBoundary: policies.boundary })));
  }
  return made;
}
