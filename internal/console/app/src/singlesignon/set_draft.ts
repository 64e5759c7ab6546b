// What Create permission set asks for. Pure.
import type { CustomerManagedPolicyReference, PermissionsBoundary } from "@aws-sdk/client-sso-admin";
import type { TagValue } from "../parts/tag_fields";

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

const aws = (name: string, description: string) => ({ name, arn: `arn:aws:iam::aws:policy/${name}`, description });
const job = (name: string, description: string) => ({ name, arn: `arn:aws:iam::aws:policy/job-function/${name}`, description });

/** The policies of the predefined permission sets, as AWS's console offers them. */
export const predefined = [
  aws("AdministratorAccess", "Full access to AWS services and resources."),
  job("Billing", "Permissions for billing and cost management."),
  job("DatabaseAdministrator", "Permissions to set up and run databases."),
  job("DataScientist", "Permissions to data analytics services."),
  job("NetworkAdministrator", "Permissions to network resources."),
  aws("PowerUserAccess", "Full access, but for the management of users and groups."),
  aws("ReadOnlyAccess", "Reading everything."),
  aws("SecurityAudit", "Reading the configuration of security."),
  job("SupportUser", "Permissions to troubleshoot and resolve issues in an account."),
  job("SystemAdministrator", "Permissions for application and development operations."),
  job("ViewOnlyAccess", "Listing and viewing resources, without their content."),
];

export const noSet: SetDraft = {
  custom: false,
  predefined: predefined[0]!.arn,
  policies: { managed: [], customer: [], inline: "", boundary: undefined },
  name: predefined[0]!.name,
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
