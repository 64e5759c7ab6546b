import {
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  paginateListInstanceProfilesForRole,
  RemoveRoleFromInstanceProfileCommand,
} from "@aws-sdk/client-iam";
import { iam } from "../../aws/iam";
import { all, useAwsChange } from "../../aws/query";
import { DeleteModal } from "../../parts/delete_modal";
import { useNotifications } from "../../shell/notifications";
import { policiesOf } from "../permissions";

interface DeleteRoleProps {
  name: string;
  onDeleted?: () => void;
  onClose: () => void;
}

/** Deletes a role with what it has, as AWS's console does; the API wants it without policies and instance profiles. */
export function DeleteRole({ name, onDeleted, onClose }: DeleteRoleProps) {
  const { notify } = useNotifications();
  const remove = useAwsChange(() => deleteRole(name), [["iam"]]);
  return (
    <DeleteModal
      title={`Delete ${name}?`}
      typed={name}
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `Role ${name} deleted.` });
        onDeleted?.();
      }}
    >
      The role <b>{name}</b> is deleted permanently, with its inline policies and instance profiles. Sessions of it stop working.
      This can&apos;t be undone.
    </DeleteModal>
  );
}

async function deleteRole(RoleName: string) {
  const role = policiesOf({ kind: "role", name: RoleName });
  for (const p of await role.attached()) await role.detach(p.PolicyArn!);
  for (const p of await role.inline()) await role.deleteInline(p);
  const profiles = await all(paginateListInstanceProfilesForRole({ client: iam() }, { RoleName }), (p) => p.InstanceProfiles);
  for (const { InstanceProfileName } of profiles) {
    await iam().send(new RemoveRoleFromInstanceProfileCommand({ RoleName, InstanceProfileName }));
    // AWS's console deletes the one that it made with the role.
    if (InstanceProfileName === RoleName) await iam().send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
  }
  await iam().send(new DeleteRoleCommand({ RoleName }));
}
