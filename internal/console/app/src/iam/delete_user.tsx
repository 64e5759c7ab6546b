import {
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  paginateListAccessKeys,
  paginateListGroupsForUser,
  paginateListMFADevices,
} from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { all, useAwsChange } from "../aws/query";
import { DeleteModal } from "../parts/delete_modal";
import { useNotifications } from "../shell/notifications";
import { removeFromGroup } from "./membership";
import { policiesOf } from "./permissions";

interface DeleteUserProps {
  name: string;
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteUser({ name, onDeleted, onClose }: DeleteUserProps) {
  const { notify } = useNotifications();
  const remove = useAwsChange(() => deleteUser(name), [["iam"]]);
  return (
    <DeleteModal
      title={`Delete ${name}?`}
      typed={name}
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `User ${name} deleted.` });
        onDeleted?.();
      }}
    >
      The user <b>{name}</b> is deleted permanently, with the password, access keys, MFA devices and inline policies. Whoever uses
      these keys is refused from then on. This can&apos;t be undone.
    </DeleteModal>
  );
}

/** A user can only be deleted when nothing is left of what it has; the console removes that before, as AWS's does. */
async function deleteUser(UserName: string) {
  const client = iam();
  const of = policiesOf({ kind: "user", name: UserName });
  const [groups, attached, inline, keys, devices] = await Promise.all([
    all(paginateListGroupsForUser({ client }, { UserName }), (p) => p.Groups),
    of.attached(),
    of.inline(),
    all(paginateListAccessKeys({ client }, { UserName }), (p) => p.AccessKeyMetadata),
    all(paginateListMFADevices({ client }, { UserName }), (p) => p.MFADevices),
  ]);
  for (const g of groups) await removeFromGroup(UserName, g.GroupName!);
  for (const p of attached) await of.detach(p.PolicyArn!);
  for (const name of inline) await of.deleteInline(name);
  for (const { AccessKeyId } of keys) await client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  for (const { SerialNumber } of devices) {
    await client.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
    await client.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
  }
  await client.send(new DeleteLoginProfileCommand({ UserName })).catch((e: Error) => {
    if (e.name !== "NoSuchEntityException") throw e;
  });
  await client.send(new DeleteUserCommand({ UserName }));
}
