import {
  AttachCustomerManagedPolicyReferenceToPermissionSetCommand,
  AttachManagedPolicyToPermissionSetCommand,
  CreatePermissionSetCommand,
  PutInlinePolicyToPermissionSetCommand,
  PutPermissionsBoundaryToPermissionSetCommand,
} from "@aws-sdk/client-sso-admin";
import { ssoAdmin } from "../aws/ssoadmin";
import { durationOf } from "./durations";
import { policiesOf, type SetDraft } from "./set_draft";

export interface Made {
  arn: string;
  /** What was not done of what the set should have. */
  failures: unknown[];
}

export async function makeSet(InstanceArn: string, d: SetDraft): Promise<Made> {
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
