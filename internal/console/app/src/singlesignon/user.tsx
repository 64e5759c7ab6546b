import type { DescribeUserResponse } from "@aws-sdk/client-identitystore";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { Loaded } from "../parts/loaded";
import { SectionTabs } from "../parts/section_tabs";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { InCenter, root, type Center } from "./center";
import { disableUser, enableUser } from "./directory";
import { EditUser } from "./edit_user";
import { PrincipalAccounts } from "./principal_accounts";
import { emailOf, useUser } from "./people";
import { ResetPassword } from "./reset_password";
import { UserDevices } from "./user_devices";
import { UserGroups } from "./user_groups";
import { DeleteUsers, UserStatus } from "./users";

export default function UserPage() {
  return <InCenter title="User">{(center) => <Shown center={center} />}</InCenter>;
}

function Shown({ center }: { center: Center }) {
  const { user: id } = useParams<{ user: string }>();
  const user = useUser(center.store, id);
  const [open, setOpen] = useState<"delete" | "reset" | "status">();
  const close = () => setOpen(undefined);
  const name = user.data?.UserName ?? id;
  const disabled = user.data?.UserStatus === "DISABLED";
  return (
    <Page
      title={name}
      breadcrumbs={[root, ["Users", "/console/singlesignon/users"]]}
      actions={
        <Actions>
          <Button disabled={!user.data} onClick={() => setOpen("reset")}>
            Reset password
          </Button>
          <ButtonDropdown
            disabled={!user.data}
            items={[
              { id: "status", text: disabled ? "Enable user access" : "Disable user access" },
              { id: "delete", text: "Delete user" },
            ]}
            onItemClick={({ detail }) => setOpen(detail.id as "status" | "delete")}
          >
            Actions
          </ButtonDropdown>
        </Actions>
      }
    >
      <Loaded query={user}>{(user) => <Details center={center} user={user} />}</Loaded>
      {user.data && open === "reset" && <ResetPassword store={center.store} user={user.data} onClose={close} />}
      {user.data && open === "status" && <ChangeStatus store={center.store} user={user.data} onClose={close} />}
      {user.data && open === "delete" && (
        <DeleteUsers store={center.store} users={[user.data]} onDeleted={() => navigate("/console/singlesignon/users")} onClose={close} />
      )}
    </Page>
  );
}

function ChangeStatus({ store, user, onClose }: { store: string; user: DescribeUserResponse; onClose: () => void }) {
  const { notify } = useNotifications();
  const disabled = user.UserStatus === "DISABLED";
  const change = useAwsChange(
    () => (disabled ? enableUser : disableUser)(store, { UserId: user.UserId! }),
    [["identitystore"]],
  );
  return (
    <DeleteModal
      title={disabled ? `Enable access for ${user.UserName}?` : `Disable access for ${user.UserName}?`}
      verb={disabled ? "Enable user access" : "Disable user access"}
      onClose={onClose}
      onDelete={async () => {
        await change.mutateAsync();
        notify({ type: "success", header: `User ${user.UserName} is ${disabled ? "enabled" : "disabled"}.` });
      }}
    >
      {disabled
        ? "The user can sign in again, with what is assigned to the user and the user's groups."
        : "The user can't sign in any more, and sessions and credentials end at once. Nothing is deleted."}
    </DeleteModal>
  );
}

function Details({ center, user }: { center: Center; user: DescribeUserResponse }) {
  const id = user.UserId!;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">General information</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={180}
          items={[
            { label: "Username", value: <span className="breaks">{user.UserName}</span> },
            { label: "Status", value: <UserStatus user={user} /> },
            { label: "Email", value: <span className="breaks">{emailOf(user) || "–"}</span> },
            { label: "Display name", value: user.DisplayName || "–" },
            { label: "User ID", value: <Copy text={id} /> },
            { label: "Created", value: <Time at={user.CreatedAt} /> },
          ]}
        />
      </Container>
      <SectionTabs
        label={`User ${user.UserName}`}
        tabs={[
          { id: "profile", label: "Profile", content: <EditUser store={center.store} user={user} /> },
          { id: "groups", label: "Groups", content: <UserGroups store={center.store} user={id} name={user.UserName!} /> },
          { id: "accounts", label: "AWS accounts", content: <PrincipalAccounts center={center} kind="USER" id={id} /> },
          { id: "mfa", label: "MFA devices", content: <UserDevices store={center.store} user={id} name={user.UserName!} /> },
        ]}
      />
    </SpaceBetween>
  );
}
