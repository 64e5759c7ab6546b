// The choice of a role where a SAML assertion has several, as AWS's sign-in page for SAML has it.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import RadioGroup from "@cloudscape-design/components/radio-group";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAws } from "../aws/query";
import { Loaded } from "../parts/loaded";
import { PublicPage } from "../session/public_page";
import { Refusal } from "../session/refusal";
import { useSubmit } from "../session/submit";
import { useSearchParams } from "../shell/params";
import { people, type SAMLRole } from "../session/people";
import { leaveTo } from "./leave";

export default function SAML() {
  const [search] = useSearchParams();
  const id = search.get("id") ?? "";
  const roles = useAws(["signin", "saml", id], async () => (await people.samlRoles(id)).Roles, { enabled: id !== "" });
  return (
    <PublicPage title="Select a role" description="Your identity provider lets you sign in to the console as one of these.">
      {id ? (
        <Loaded query={roles}>{(roles) => <Choose id={id} roles={roles} />}</Loaded>
      ) : (
        <Alert type="warning">This page is opened by an identity provider that signs you in.</Alert>
      )}
    </PublicPage>
  );
}

function Choose({ id, roles }: { id: string; roles: SAMLRole[] }) {
  const [arn, setArn] = useState<string>();
  const { busy, error, onSubmit } = useSubmit(async () => leaveTo((await people.chooseSAMLRole({ Id: id, RoleArn: arn! })).Location));
  return (
    <form onSubmit={onSubmit}>
      <SpaceBetween size="m">
        <Refusal error={error} />
        {byAccount(roles).map(([account, roles]) => (
          <FormField key={account} label={`Account: ${account}`}>
            <RadioGroup
              value={arn ?? null}
              items={roles.map((r) => ({ value: r.RoleArn, label: r.Name }))}
              onChange={({ detail }) => setArn(detail.value)}
            />
          </FormField>
        ))}
        <Button variant="primary" fullWidth loading={busy} disabled={!arn}>
          Sign in
        </Button>
      </SpaceBetween>
    </form>
  );
}

/** The accounts in order, as they are shown, each with its roles. */
function byAccount(roles: SAMLRole[]): [string, SAMLRole[]][] {
  const groups = new Map<string, SAMLRole[]>();
  for (const role of roles) {
    const account = role.AccountName ? `${role.AccountName} (${role.Account})` : role.Account;
    groups.set(account, [...(groups.get(account) ?? []), role]);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}
