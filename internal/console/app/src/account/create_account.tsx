import { CreateAccountCommand } from "@aws-sdk/client-organizations";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { organizations } from "../aws/organizations";
import { useAwsChange } from "../aws/query";
import { accountNameFault } from "../parts/account_name";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";

const list = "/console/account/accounts";

/** The management account makes another one. */
export default function CreateAccount() {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("OrganizationAccountAccessRole");
  const { notify } = useNotifications();
  const create = useAwsChange(async () => {
    const { CreateAccountStatus } = await organizations().send(
      new CreateAccountCommand({ AccountName: name.trim(), Email: email.trim(), RoleName: role.trim() || undefined }),
    );
    notify({
      type: "success",
      header: `The account ${name.trim()} is made: ${CreateAccountStatus?.AccountId}.`,
      content: "Its owner signs in as its root user after a password recovery with the email address; you get in by assuming its role.",
    });
    navigate(list);
  }, [["organizations"]]);
  return (
    <Page
      title="Add an AWS account"
      breadcrumbs={[
        ["Account", "/console/account"],
        ["AWS accounts", list],
      ]}
    >
      <form
        onSubmit={(e) => {
          e.preventDefault();
          if (name && email && !create.isPending) create.mutate();
        }}
      >
        <Form
          actions={
            <Actions>
              <Button variant="link" href={list}>
                Cancel
              </Button>
              <Button variant="primary" loading={create.isPending} disabled={!name || !email || !!accountNameFault(name)}>
                Create AWS account
              </Button>
            </Actions>
          }
        >
          <SpaceBetween size="l">
            <Container>
              <SpaceBetween size="m">
                <FormField label="AWS account name" errorText={accountNameFault(name)}>
                  <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
                </FormField>
                <FormField label="Email address of the account's owner" description="No other account may have it.">
                  <Input type="email" value={email} onChange={({ detail }) => setEmail(detail.value)} />
                </FormField>
                <FormField
                  label="IAM role name"
                  description="The role by which users of this account manage the new one. Without a name it is OrganizationAccountAccessRole."
                >
                  <Input value={role} onChange={({ detail }) => setRole(detail.value)} />
                </FormField>
              </SpaceBetween>
            </Container>
            {create.error && <Failure error={create.error} />}
          </SpaceBetween>
        </Form>
      </form>
    </Page>
  );
}
