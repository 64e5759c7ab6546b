// Switch role: "Switch from a user to an IAM role (console)" (IAM User Guide). The role's session replaces the one of this browser.
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useSearchParams } from "../../shell/params";
import { useAwsChange } from "../../aws/query";
import { sts } from "../../aws/sts";
import { Actions } from "../../parts/actions";
import { Failure } from "../../parts/failure";
import { usePrincipal } from "../../session/session";
import { Page } from "../../shell/page";
import { signIn } from "./federation";

export default function SwitchRole() {
  const [asked] = useSearchParams();
  const principal = usePrincipal();
  const [account, setAccount] = useState(asked.get("account") ?? principal.Account);
  const [role, setRole] = useState(asked.get("roleName") ?? "");
  const [checked, setChecked] = useState(false);
  const change = useAwsChange(async () => {
    const { Credentials } = await sts().send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${account}:role/${role}`,
        RoleSessionName: sessionName(principal.Name),
      }),
    );
    await signIn(Credentials!);
  }, []);
  const submit = () => {
    setChecked(true);
    if (/^\d{12}$/.test(account) && role) change.mutate();
  };
  return (
    <Page
      title="Switch role"
      description="Switching roles enables you to manage resources across accounts with a single user. When you switch roles, you temporarily take on the permissions assigned to the new role, and give up your own."
    >
      <form
        onSubmit={(e) => {
          e.preventDefault();
          submit();
        }}
      >
        <Form
          actions={
            <Actions>
              <Button variant="link" formAction="none" href="/console/iam/roles">
                Cancel
              </Button>
              <Button variant="primary" loading={change.isPending}>
                Switch role
              </Button>
            </Actions>
          }
        >
          <SpaceBetween size="l">
            {principal.PrincipalType === "Root" && (
              <Alert type="warning">The root user can&apos;t assume roles. Sign in as an IAM user to switch.</Alert>
            )}
            <Container>
              <SpaceBetween size="l">
                <FormField
                  label="Account ID"
                  description="The 12-digit account number of the account that the role is in."
                  errorText={checked && !/^\d{12}$/.test(account) && "Enter an account ID of 12 digits."}
                >
                  <Input inputMode="numeric" value={account} onChange={({ detail }) => setAccount(detail.value.trim())} />
                </FormField>
                <FormField
                  label="IAM role name"
                  description="The name of the role that you want to assume, with its path if it has one."
                  errorText={checked && !role && "Enter the name of a role."}
                >
                  <Input value={role} onChange={({ detail }) => setRole(detail.value.trim())} />
                </FormField>
              </SpaceBetween>
            </Container>
            <Alert type="info">To be yourself again, sign out and sign in.</Alert>
            {change.error && <Failure error={change.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}

/** Names of sessions have 2 to 64 of few characters. */
const sessionName = (name: string) => name.replace(/[^\w+=,.@-]/g, "-").slice(0, 64).padEnd(2, "-");
