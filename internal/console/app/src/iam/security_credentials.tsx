// My security credentials: one's own password, MFA devices and access keys.
import { GetUserCommand } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { isDenied } from "../aws/errors";
import { iam } from "../aws/iam";
import { useAws } from "../aws/query";
import { Copy } from "../parts/copy";
import { Time } from "../parts/time";
import type { SignedIn } from "../session/api";
import { usePrincipal } from "../session/session";
import { Page } from "../shell/page";
import { AccessKeys } from "./access_keys";
import { ChangeUserPassword } from "./change_password";
import { useSignInURL } from "./console_sign_in";
import { MFADevices } from "./mfa_devices";

export default function SecurityCredentials() {
  const principal = usePrincipal();
  const kind = { Root: "root user", IAMUser: "IAM user", AssumedRole: "role session", FederatedUser: "federated user" }[
    principal.PrincipalType
  ];
  return (
    <Page
      title="My security credentials"
      breadcrumbs={[["IAM", "/console/iam"]]}
      description={`The credentials of the ${kind} that you are signed in as. To manage those of others, go to Users.`}
    >
      {principal.PrincipalType === "IAMUser" && <OfUser principal={principal} />}
      {principal.PrincipalType === "Root" && <OfRoot principal={principal} />}
      {(principal.PrincipalType === "AssumedRole" || principal.PrincipalType === "FederatedUser") && (
        <SpaceBetween size="l">
          <AccountDetails principal={principal} />
          <Alert type="info" header={`A ${kind} has no credentials of its own`}>
            Its password and MFA devices are those of whoever began the session. For keys to use in programs, see{" "}
            <Link href="/console/connect">Connect</Link>.
          </Alert>
        </SpaceBetween>
      )}
    </Page>
  );
}

function AccountDetails({ principal }: { principal: SignedIn }) {
  const url = useSignInURL();
  return (
    <Container header={<Header variant="h2">Account details</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={180}
        items={[
          { label: "Name", value: principal.Name },
          { label: "ARN", value: <Copy text={principal.Arn} /> },
          { label: "Account ID", value: <Copy text={principal.Account} /> },
          ...(principal.AccountName ? [{ label: "Account name", value: principal.AccountName }] : []),
          { label: "Sign-in URL of the account's users", value: <Copy text={url} /> },
        ]}
      />
    </Container>
  );
}

function OfUser({ principal }: { principal: SignedIn }) {
  const name = principal.Name;
  const [changing, setChanging] = useState(false);
  // Who may not ask it can change the password nevertheless.
  const user = useAws(["iam", "GetUser", name], async () => (await iam().send(new GetUserCommand({ UserName: name }))).User!);
  return (
    <SpaceBetween size="l">
      <AccountDetails principal={principal} />
      <Container
        header={
          <Header variant="h2" actions={<Button onClick={() => setChanging(true)}>Update console password</Button>}>
            Console sign-in
          </Header>
        }
      >
        {isDenied(user.error) ? (
          <Box color="text-body-secondary">When the user was created and last signed in is shown to who may iam:GetUser.</Box>
        ) : (
          <KeyValuePairs
            columns={2}
            minColumnWidth={180}
            items={[
              { label: "User created", value: <Time at={user.data?.CreateDate} /> },
              { label: "Last console sign-in", value: <Time at={user.data?.PasswordLastUsed} /> },
            ]}
          />
        )}
      </Container>
      <MFADevices user={name} />
      <AccessKeys user={name} create="/console/iam/security-credentials/create-access-key" />
      {changing && <ChangeUserPassword onClose={() => setChanging(false)} />}
    </SpaceBetween>
  );
}

function OfRoot({ principal }: { principal: SignedIn }) {
  return (
    <SpaceBetween size="l">
      <Alert type="warning" header="You are signed in as the root user">
        The root user can do everything in the account. Use it for the few tasks that need it, and an IAM user for the rest.
      </Alert>
      <AccountDetails principal={principal} />
      <Container header={<Header variant="h2">Console sign-in</Header>}>
        The root user signs in with its email address and password, which you change under{" "}
        <Link href="/console/account">Account</Link>.
      </Container>
      <MFADevices user={undefined} />
      <Container header={<Header variant="h2">Access keys</Header>}>
        <Box>
          The root user has no access keys on this server: a key that can do everything is one that nobody should have. Create an
          IAM user for programs instead. <Link href="/console/iam/create-user">Create user</Link>
        </Box>
      </Container>
    </SpaceBetween>
  );
}
