import { CreateGroupCommand } from "@aws-sdk/client-identitystore";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { identityStore } from "../aws/identitystore";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { leave, useUnsaved } from "../shell/unsaved";
import { InCenter, root } from "./center";
import { addMember, groupPage } from "./people";
import { UserTable } from "./user_table";

export default function CreateGroupPage() {
  return <InCenter title="Create group">{({ store }) => <CreateGroup store={store} />}</InCenter>;
}

function CreateGroup({ store }: { store: string }) {
  const { notify } = useNotifications();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [users, setUsers] = useState<string[]>([]);
  const create = useAwsChange(async () => {
    const input = { IdentityStoreId: store, DisplayName: name.trim(), Description: description.trim() || undefined };
    const { GroupId } = await identityStore().send(new CreateGroupCommand(input));
    // From here on there is a group. Who is missing can be added on its page.
    let failure: unknown;
    for (const user of users) await addMember(store, GroupId!, user).catch((e: unknown) => (failure = e));
    return { id: GroupId!, failure };
  }, [["identitystore"]]);
  useUnsaved((name !== "" || users.length > 0) && !create.data);
  const submit = async () => {
    const { id, failure } = await create.mutateAsync();
    if (failure) notify({ type: "warning", header: `Group ${name.trim()} was created without all of its users`, content: <Failure error={failure} /> });
    else notify({ type: "success", header: `Group ${name.trim()} created.` });
    navigate(groupPage(id));
  };
  return (
    <Page title="Create group" breadcrumbs={[root, ["Groups", "/console/singlesignon/groups"]]}>
      <Form
        actions={
          <Actions>
            <Button variant="link" onClick={() => leave("/console/singlesignon/groups")}>
              Cancel
            </Button>
            <Button variant="primary" disabled={!name.trim()} loading={create.isPending} onClick={() => void submit().catch(() => {})}>
              Create group
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Group details</Header>}>
            <SpaceBetween size="l">
              <FormField label="Group name" constraintText="Maximum 128 characters.">
                <Input value={name} autoFocus autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
              </FormField>
              <FormField label="Description - optional">
                <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
          <UserTable store={store} title="Add users to group - optional" selected={users} onChange={setUsers} />
          {create.error && <Failure error={create.error} />}
        </SpaceBetween>
      </Form>
    </Page>
  );
}
