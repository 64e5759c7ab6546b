import { UpdateGroupCommand, type DescribeGroupResponse } from "@aws-sdk/client-identitystore";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { identityStore } from "../aws/identitystore";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { ResourceTable } from "../parts/resource_table";
import { SectionTabs } from "../parts/section_tabs";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { InCenter, root, type Center } from "./center";
import { DeleteGroup } from "./groups";
import { addMember, emailOf, removeMember, useGroup, useMembers, userPage, type Member } from "./people";
import { PrincipalAccounts } from "./principal_accounts";
import { UserTable } from "./user_table";

export default function GroupPage() {
  return <InCenter title="Group">{(center) => <Shown center={center} />}</InCenter>;
}

function Shown({ center }: { center: Center }) {
  const { group: id } = useParams<{ group: string }>();
  const group = useGroup(center.store, id);
  const [open, setOpen] = useState<"edit" | "delete">();
  const close = () => setOpen(undefined);
  return (
    <Page
      title={group.data?.DisplayName ?? id}
      breadcrumbs={[root, ["Groups", "/console/singlesignon/groups"]]}
      actions={
        <Actions>
          <Button disabled={!group.data} onClick={() => setOpen("edit")}>
            Edit
          </Button>
          <Button disabled={!group.data} onClick={() => setOpen("delete")}>
            Delete group
          </Button>
        </Actions>
      }
    >
      <Loaded query={group}>{(group) => <Details center={center} group={group} />}</Loaded>
      {group.data && open === "edit" && <Edit store={center.store} group={group.data} onClose={close} />}
      {group.data && open === "delete" && (
        <DeleteGroup store={center.store} group={group.data} onDeleted={() => navigate("/console/singlesignon/groups")} onClose={close} />
      )}
    </Page>
  );
}

function Details({ center, group }: { center: Center; group: DescribeGroupResponse }) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">General information</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={180}
          items={[
            { label: "Description", value: group.Description || "–" },
            { label: "Group ID", value: <Copy text={group.GroupId!} /> },
            { label: "Created", value: <Time at={group.CreatedAt} /> },
            ...(group.ExternalIds ?? []).map((e) => ({ label: `External ID of ${e.Issuer}`, value: <span className="breaks">{e.Id}</span> })),
          ]}
        />
      </Container>
      <SectionTabs
        label={`Group ${group.DisplayName}`}
        tabs={[
          { id: "users", label: "Users", content: <Members store={center.store} group={group} /> },
          { id: "accounts", label: "AWS accounts", content: <PrincipalAccounts center={center} kind="GROUP" id={group.GroupId!} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Members({ store, group }: { store: string; group: DescribeGroupResponse }) {
  const { notify } = useNotifications();
  const id = group.GroupId!;
  const members = useMembers(store, id);
  const [adding, setAdding] = useState<string[]>();
  const [removing, setRemoving] = useState<Member[]>();
  const add = useAwsChange((user: string) => addMember(store, id, user), [["identitystore"]]);
  const remove = useAwsChange((membership: string) => removeMember(store, membership), [["identitystore"]]);
  return (
    <>
      <ResourceTable
        name="sso.group-users"
        nouns={["user", "users"]}
        title="Users in this group"
        query={members}
        id={(m) => m.membership}
        columns={[
          {
            id: "name",
            header: "Username",
            value: (m) => m.user.UserName,
            cell: (m) => <Link href={userPage(m.user.UserId!)}>{m.user.UserName}</Link>,
            isRowHeader: true,
          },
          { id: "display", header: "Display name", value: (m) => m.user.DisplayName, cell: (m) => m.user.DisplayName || "–" },
          { id: "email", header: "Email", value: (m) => emailOf(m.user), cell: (m) => emailOf(m.user) || "–" },
        ]}
        selection="multi"
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setRemoving(selected)}>
              Remove users from group
            </Button>
            <Button onClick={() => setAdding([])}>Add users to group</Button>
          </Actions>
        )}
      />
      {adding && (
        <FormModal
          title={`Add users to ${group.DisplayName}`}
          size="large"
          tables
          verb="Add users to group"
          ready={adding.length > 0}
          onClose={() => setAdding(undefined)}
          onSubmit={async () => {
            for (const user of adding) await add.mutateAsync(user);
            notify({ type: "success", header: `${adding.length === 1 ? "1 user was" : `${adding.length} users were`} added to ${group.DisplayName}.` });
          }}
        >
          <UserTable store={store} selected={adding} onChange={setAdding} without={members.data?.map((m) => m.user.UserId!)} />
        </FormModal>
      )}
      {removing && (
        <DeleteModal
          title={`Remove ${removing.map((m) => m.user.UserName).join(", ")} from ${group.DisplayName}?`}
          verb="Remove"
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            for (const { membership } of removing) await remove.mutateAsync(membership);
            notify({ type: "success", header: `Removed from ${group.DisplayName}.` });
          }}
        >
          They lose what is assigned to the group, with the sessions that come of it.
        </DeleteModal>
      )}
    </>
  );
}

function Edit({ store, group, onClose }: { store: string; group: DescribeGroupResponse; onClose: () => void }) {
  const { notify } = useNotifications();
  const [name, setName] = useState(group.DisplayName ?? "");
  const [description, setDescription] = useState(group.Description ?? "");
  const update = useAwsChange(
    () =>
      identityStore().send(
        new UpdateGroupCommand({
          IdentityStoreId: store,
          GroupId: group.GroupId,
          Operations: [
            { AttributePath: "displayName", AttributeValue: name.trim() },
            { AttributePath: "description", AttributeValue: description.trim() || undefined },
          ],
        }),
      ),
    [["identitystore"]],
  );
  return (
    <FormModal
      title="Edit group"
      verb="Save changes"
      ready={name.trim() !== ""}
      onClose={onClose}
      onSubmit={async () => {
        await update.mutateAsync();
        notify({ type: "success", header: `Group ${name.trim()} is changed.` });
      }}
    >
      <FormField label="Group name">
        <Input value={name} autoFocus autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Description - optional">
        <Textarea value={description} rows={2} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </FormModal>
  );
}
