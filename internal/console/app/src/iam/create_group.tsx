import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { createGroup, groupNameRule } from "./group_table";
import { addToGroup } from "./membership";
import { nameFault } from "./names";
import { PolicyPicker } from "../parts/policy_picker";
import { UserTable } from "./user_table";

/** Create user group: a name, users, policies, on one page as in AWS's console. */
export default function CreateGroup() {
  const { notify } = useNotifications();
  const [name, setName] = useState("");
  const [users, setUsers] = useState<string[]>([]);
  const [policies, setPolicies] = useState<string[]>([]);
  const [missing, setMissing] = useState(false);
  const create = useAwsChange(async () => {
    await createGroup(name, policies);
    for (const user of users) await addToGroup(user, name);
  }, [["iam"]]);
  const submit = async () => {
    setMissing(!name);
    if (!name || nameFault("group", name)) return;
    await create.mutateAsync();
    notify({ type: "success", header: `User group ${name} created.` });
    navigate("/console/iam/groups");
  };
  return (
    <Page
      title="Create user group"
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["User groups", "/console/iam/groups"],
      ]}
    >
      <Form
        actions={
          <Actions>
            <Button variant="link" href="/console/iam/groups">
              Cancel
            </Button>
            <Button variant="primary" loading={create.isPending} onClick={() => submit().catch(() => {})}>
              Create user group
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Name the group</Header>}>
            <FormField
              label="User group name"
              description="Enter a meaningful name to identify this group."
              constraintText={groupNameRule}
              errorText={nameFault("group", name) || (missing && !name && "Enter a name.")}
            >
              <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
            </FormField>
          </Container>
          <UserTable
            title="Add users to the group - Optional"
            description="An IAM user is an entity that you create to represent the person or application that uses it."
            selected={users}
            onChange={setUsers}
          />
          <PolicyPicker
            title="Attach permissions policies - Optional"
            description="You can attach up to 10 policies to this user group. All the users in this group will have permissions that are defined in the selected policies."
            selected={policies}
            onChange={setPolicies}
          />
          {create.error && <Failure error={create.error} />}
        </SpaceBetween>
      </Form>
    </Page>
  );
}
