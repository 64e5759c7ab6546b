import { DeleteGroupCommand, paginateGetGroup } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { all, useAwsChange } from "../aws/query";
import { DeleteModal } from "../parts/delete_modal";
import { useNotifications } from "../shell/notifications";
import { removeFromGroup } from "./membership";
import { policiesOf } from "./permissions";

interface DeleteGroupsProps {
  names: string[];
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteGroups({ names, onDeleted, onClose }: DeleteGroupsProps) {
  const { notify } = useNotifications();
  const remove = useAwsChange(deleteGroup, [["iam"]]);
  const what = names.length === 1 ? names[0]! : `${names.length} user groups`;
  return (
    <DeleteModal
      title={`Delete ${what}?`}
      typed={names.length === 1 ? names[0]! : "confirm"}
      onClose={onClose}
      onDelete={async () => {
        for (const name of names) await remove.mutateAsync(name);
        notify({ type: "success", header: names.length === 1 ? `User group ${what} deleted.` : `${what} deleted.` });
        onDeleted?.();
      }}
    >
      {names.join(", ")}: deleted permanently, with the inline policies. The users in it are not deleted, but lose the permissions
      that it gave them.
    </DeleteModal>
  );
}

/** A group can only be deleted when nothing is left in it; the console takes that out before, as AWS's does. */
async function deleteGroup(GroupName: string) {
  const of = policiesOf({ kind: "group", name: GroupName });
  const [users, attached, inline] = await Promise.all([
    all(paginateGetGroup({ client: iam() }, { GroupName }), (p) => p.Users),
    of.attached(),
    of.inline(),
  ]);
  for (const u of users) await removeFromGroup(u.UserName!, GroupName);
  for (const p of attached) await of.detach(p.PolicyArn!);
  for (const name of inline) await of.deleteInline(name);
  await iam().send(new DeleteGroupCommand({ GroupName }));
}
