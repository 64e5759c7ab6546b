import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { removeFromGroup } from "./membership";
import { policyPage, policyType } from "../parts/policies";
import { policiesOf, principalPage, usePermissions, type Permission, type Principal } from "./permissions";

const via = (p: Permission, of: Principal) => (p.holder.kind === of.kind ? (p.arn ? "Directly" : "Inline") : `Group ${p.holder.name}`);
const href = (p: Permission) => (p.arn ? policyPage(p.arn) : principalPage(p.holder, "inline-policies", "edit", p.name));

/** The policies of a user, group or role, and their attaching and removal. */
export function AttachedPolicies({ of }: { of: Principal }) {
  const permissions = usePermissions(of);
  const [removing, setRemoving] = useState<Permission[]>();
  const columns: Column<Permission>[] = [
    {
      id: "name",
      header: "Policy name",
      value: (p) => p.name,
      cell: (p) => <Link href={href(p)}>{p.name}</Link>,
      isRowHeader: true,
    },
    { id: "type", header: "Type", value: (p) => policyType(p.arn), cell: (p) => policyType(p.arn) },
    {
      id: "via",
      header: "Attached via",
      value: (p) => via(p, of),
      cell: (p) => (p.holder.kind === of.kind ? via(p, of) : <Link href={principalPage(p.holder)}>{via(p, of)}</Link>),
    },
  ];
  const add = of.kind === "user" ? "add-permissions" : "attach-policies";
  return (
    <>
      <ResourceTable
        name="iam.permissions"
        nouns={["policy", "policies"]}
        title="Permissions policies"
        description={
          of.kind === "user"
            ? "Permissions are defined by policies attached to the user directly or through groups."
            : `You can attach up to 10 managed policies to a ${of.kind}.`
        }
        query={permissions}
        id={(p) => `${p.name} of ${p.holder.kind} ${p.holder.name}${p.arn ? "" : " (inline)"}`}
        columns={columns}
        selection="multi"
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setRemoving(selected)}>
              Remove
            </Button>
            <ButtonDropdown
              items={[
                { id: add, text: of.kind === "user" ? "Add permissions" : "Attach policies" },
                { id: "inline-policies/create", text: "Create inline policy" },
              ]}
              onItemClick={({ detail }) => navigate(principalPage(of, ...detail.id.split("/")))}
            >
              Add permissions
            </ButtonDropdown>
          </Actions>
        )}
      />
      {removing && <Remove of={of} permissions={removing} onClose={() => setRemoving(undefined)} />}
    </>
  );
}

function Remove({ of, permissions, onClose }: { of: Principal; permissions: Permission[]; onClose: () => void }) {
  const { notify } = useNotifications();
  const own = permissions.filter((p) => p.holder.kind === of.kind);
  const others = permissions.length - own.length;
  const remove = useAwsChange(
    (p: Permission) => (p.arn ? policiesOf(of).detach(p.arn) : policiesOf(of).deleteInline(p.name)),
    [["iam"]],
  );
  const what = own.length === 1 ? `policy ${own[0]!.name}` : `${own.length} policies`;
  if (!own.length) return <OfGroups permissions={permissions} of={of} onClose={onClose} />;
  return (
    <DeleteModal
      title={`Remove ${what}?`}
      verb={own.some((p) => p.arn) ? "Remove" : "Delete"}
      onClose={onClose}
      onDelete={async () => {
        for (const p of own) await remove.mutateAsync(p);
        notify({ type: "success", header: `Removed ${what} from ${of.kind} ${of.name}.` });
      }}
    >
      {own.map((p) => p.name).join(", ")} will no longer count for {of.kind} <b>{of.name}</b>.
      {own.some((p) => !p.arn) && " An inline policy is deleted permanently."}
      {others > 0 && ` What is attached through a group stays: remove the ${of.kind} from the group instead.`}
    </DeleteModal>
  );
}

/** What comes through groups is not the user's to remove, but leaving the groups is possible. */
function OfGroups({ permissions, of, onClose }: { permissions: Permission[]; of: Principal; onClose: () => void }) {
  const { notify } = useNotifications();
  const groups = [...new Set(permissions.map((p) => p.holder.name))];
  const leave = useAwsChange((group: string) => removeFromGroup(of.name, group), [["iam"]]);
  return (
    <DeleteModal
      title={`Remove ${of.name} from ${groups.join(", ")}?`}
      verb="Remove"
      onClose={onClose}
      onDelete={async () => {
        for (const group of groups) await leave.mutateAsync(group);
        notify({ type: "success", header: `Removed user ${of.name} from ${groups.join(", ")}.` });
      }}
    >
      {permissions.map((p) => p.name).join(", ")}: attached through a group. To remove it from the user, the user is removed from
      the group, and loses all other permissions of the group.
    </DeleteModal>
  );
}
