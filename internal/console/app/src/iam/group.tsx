import { GetGroupCommand, paginateGetGroup, UpdateGroupCommand, type Group, type User } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams } from "../shell/params";
import { iam } from "../aws/iam";
import { all, useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { ResourceTable } from "../parts/resource_table";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { AttachedPolicies } from "./attached_policies";
import { DeleteGroups } from "./delete_groups";
import { groupNameRule } from "./group_table";
import { LastAccessed } from "./last_accessed";
import { addToGroup, removeFromGroup } from "./membership";
import { principalPage } from "./permissions";
import { SectionTabs } from "../parts/section_tabs";
import { UserTable } from "./user_table";

export default function GroupPage() {
  const { group: name } = useParams<{ group: string }>();
  const group = useAws(["iam", "GetGroup", name], async () => (await iam().send(new GetGroupCommand({ GroupName: name }))).Group!);
  const [open, setOpen] = useState<"delete" | "rename">();
  return (
    <Page
      title={name}
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["User groups", "/console/iam/groups"],
      ]}
      actions={
        <Actions>
          <Button onClick={() => setOpen("rename")}>Edit</Button>
          <Button onClick={() => setOpen("delete")}>Delete</Button>
        </Actions>
      }
    >
      <Loaded query={group}>{(group) => <Details group={group} />}</Loaded>
      {open === "rename" && <Rename name={name} onClose={() => setOpen(undefined)} />}
      {open === "delete" && (
        <DeleteGroups names={[name]} onDeleted={() => navigate("/console/iam/groups")} onClose={() => setOpen(undefined)} />
      )}
    </Page>
  );
}

function Details({ group }: { group: Group }) {
  const name = group.GroupName!;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Summary</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={180}
          items={[
            { label: "User group name", value: name },
            { label: "Creation time", value: <Time at={group.CreateDate} /> },
            { label: "ARN", value: <Copy text={group.Arn!} /> },
          ]}
        />
      </Container>
      <SectionTabs
        label={`User group ${name}`}
        tabs={[
          { id: "users", label: "Users", content: <Members group={name} /> },
          { id: "permissions", label: "Permissions", content: <AttachedPolicies of={{ kind: "group", name }} /> },
          { id: "access_advisor", label: "Last Accessed", content: <LastAccessed of={group.Arn!} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Members({ group }: { group: string }) {
  const { notify } = useNotifications();
  const users = useAws(["iam", "GetGroup", group, "Users"], () =>
    all(paginateGetGroup({ client: iam() }, { GroupName: group }), (p) => p.Users),
  );
  const [removing, setRemoving] = useState<User[]>();
  const [adding, setAdding] = useState<string[]>();
  const remove = useAwsChange((user: string) => removeFromGroup(user, group), [["iam"]]);
  const add = useAwsChange((user: string) => addToGroup(user, group), [["iam"]]);
  return (
    <>
      <ResourceTable
        name="iam.group-users"
        nouns={["user", "users"]}
        title="Users in this group"
        description="An IAM user is an entity that you create to represent the person or application that uses it."
        query={users}
        id={(u) => u.UserName!}
        columns={[
          {
            id: "name",
            header: "User name",
            value: (u) => u.UserName,
            cell: (u) => <Link href={principalPage({ kind: "user", name: u.UserName! })}>{u.UserName}</Link>,
            isRowHeader: true,
          },
          {
            id: "activity",
            header: "Console last sign-in",
            value: (u) => u.PasswordLastUsed,
            cell: (u) => <Time at={u.PasswordLastUsed} as="ago" />,
          },
          { id: "created", header: "Creation time", value: (u) => u.CreateDate, cell: (u) => <Time at={u.CreateDate} as="ago" /> },
        ]}
        selection="multi"
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setRemoving(selected)}>
              Remove
            </Button>
            <Button onClick={() => setAdding([])}>Add users</Button>
          </Actions>
        )}
      />
      {removing && (
        <DeleteModal
          title={`Remove ${removing.map((u) => u.UserName).join(", ")} from ${group}?`}
          verb="Remove"
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            for (const u of removing) await remove.mutateAsync(u.UserName!);
            notify({ type: "success", header: `Removed from user group ${group}.` });
          }}
        >
          They lose the permissions that the group gives.
        </DeleteModal>
      )}
      {adding && (
        <FormModal
          title={`Add users to ${group}`}
          size="large"
          tables
          verb="Add users"
          ready={adding.length > 0}
          onClose={() => setAdding(undefined)}
          onSubmit={async () => {
            for (const user of adding) await add.mutateAsync(user);
            notify({ type: "success", header: `Added ${adding.join(", ")} to user group ${group}.` });
          }}
        >
          <UserTable
            title="Other users in this account"
            selected={adding}
            onChange={setAdding}
            without={users.data?.map((u) => u.UserName!)}
          />
        </FormModal>
      )}
    </>
  );
}

function Rename({ name, onClose }: { name: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const [fresh, setFresh] = useState(name);
  const rename = useAwsChange(
    () => iam().send(new UpdateGroupCommand({ GroupName: name, NewGroupName: fresh })),
    [["iam", "Groups"], ["iam", "ListGroups"]],
  );
  return (
    <FormModal
      title="Edit user group"
      verb="Save changes"
      ready={fresh !== "" && fresh !== name}
      onClose={onClose}
      onSubmit={async () => {
        await rename.mutateAsync();
        notify({ type: "success", header: `User group ${name} is ${fresh} now.` });
        navigate(principalPage({ kind: "group", name: fresh }));
      }}
    >
      <FormField label="User group name" constraintText={groupNameRule}>
        <Input value={fresh} autoFocus onChange={({ detail }) => setFresh(detail.value)} />
      </FormField>
    </FormModal>
  );
}
