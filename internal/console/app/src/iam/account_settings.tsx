import {
  DeleteAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  SetSecurityTokenServicePreferencesCommand,
  type PasswordPolicy,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { iam } from "../aws/iam";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { AccountAlias } from "./account_alias";
import { passwordRules, usePasswordPolicy } from "./passwords";

/** How many there are of each thing of the account, and some of its settings. */
export const useAccountSummary = () =>
  useAws(["iam", "GetAccountSummary"], async (): Promise<Record<string, number>> =>
    (await iam().send(new GetAccountSummaryCommand({}))).SummaryMap ?? {},
  );

export default function AccountSettings() {
  return (
    <Page title="Account settings" breadcrumbs={[["IAM", "/console/iam"]]}>
      <SpaceBetween size="l">
        <PasswordPolicyOverview />
        <Container header={<Header variant="h2">Account alias</Header>}>
          <AccountAlias />
        </Container>
        <TokenService />
      </SpaceBetween>
    </Page>
  );
}

function PasswordPolicyOverview() {
  const policy = usePasswordPolicy();
  const { notify } = useNotifications();
  const [removing, setRemoving] = useState(false);
  const remove = useAwsChange(() => iam().send(new DeleteAccountPasswordPolicyCommand({})), [["iam"]]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Configure the password requirements for the IAM users of the account."
          actions={
            <Actions>
              {policy.data && <Button onClick={() => setRemoving(true)}>Restore default</Button>}
              <Button href="/console/iam/account-settings/edit-password-policy">Edit</Button>
            </Actions>
          }
        >
          Password policy
        </Header>
      }
    >
      <Loaded query={policy}>
        {(policy) => (
          <KeyValuePairs
            columns={2}
            minColumnWidth={180}
            items={[
              {
                label: `This account uses ${policy ? "a custom" : "the default"} password policy`,
                value: <Lines texts={passwordRules(policy)} />,
              },
              { label: "Other requirements", value: <Lines texts={otherRequirements(policy)} /> },
            ]}
          />
        )}
      </Loaded>
      {removing && (
        <DeleteModal
          title="Restore the default password policy?"
          verb="Restore default"
          onClose={() => setRemoving(false)}
          onDelete={async () => {
            await remove.mutateAsync();
            notify({ type: "success", header: "The account uses the default password policy." });
          }}
        >
          The custom password policy is deleted. Passwords that are set already stay.
        </DeleteModal>
      )}
    </Container>
  );
}

const Lines = ({ texts }: { texts: string[] }) => (
  <ul>
    {texts.map((text) => (
      <li key={text}>{text}</li>
    ))}
  </ul>
);

const otherRequirements = (policy: PasswordPolicy | null) => [
  policy?.MaxPasswordAge ? `Password expires in ${policy.MaxPasswordAge} day(s)` : "Never expire password",
  ...(policy?.HardExpiry ? ["Password expiration requires administrator reset"] : []),
  ...(policy?.AllowUsersToChangePassword ? ["Allow users to change their own password"] : []),
  ...(policy?.PasswordReusePrevention ? [`Remember last ${policy.PasswordReusePrevention} password(s) and prevent reuse`] : []),
];

const versions: Record<string, { label: string; description: string }> = {
  v1Token: { label: "Valid only in Regions enabled by default", description: "Version 1 tokens are shorter." },
  v2Token: { label: "Valid in all Regions", description: "Version 2 tokens are longer, which may matter to systems that store them." },
};

function TokenService() {
  const summary = useAccountSummary();
  const [changing, setChanging] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="STS is used to create and provide trusted users with temporary security credentials that can control access to your resources."
          actions={
            <Button disabled={!summary.data} onClick={() => setChanging(true)}>
              Change
            </Button>
          }
        >
          Security Token Service (STS)
        </Header>
      }
    >
      <Loaded query={summary}>
        {(summary) => (
          <KeyValuePairs
            items={[{ label: "Session tokens from the global endpoint", value: versions[versionOf(summary)]!.label }]}
          />
        )}
      </Loaded>
      {changing && summary.data && <ChangeVersion now={versionOf(summary.data)} onClose={() => setChanging(false)} />}
    </Container>
  );
}

const versionOf = (summary: Record<string, number>) => (summary.GlobalEndpointTokenVersion === 2 ? "v2Token" : "v1Token");

function ChangeVersion({ now, onClose }: { now: "v1Token" | "v2Token"; onClose: () => void }) {
  const { notify } = useNotifications();
  const [version, setVersion] = useState(now);
  const change = useAwsChange(
    () => iam().send(new SetSecurityTokenServicePreferencesCommand({ GlobalEndpointTokenVersion: version })),
    [["iam"]],
  );
  return (
    <FormModal
      title="Change region compatibility of session tokens"
      verb="Save changes"
      onClose={onClose}
      onSubmit={async () => {
        await change.mutateAsync();
        notify({ type: "success", header: `Session tokens are ${versions[version]!.label.toLowerCase()}.` });
      }}
    >
      <RadioGroup
        ariaLabel="Session tokens from the global endpoint"
        value={version}
        onChange={({ detail }) => setVersion(detail.value as typeof version)}
        items={Object.entries(versions).map(([value, texts]) => ({ value, ...texts }))}
      />
    </FormModal>
  );
}
