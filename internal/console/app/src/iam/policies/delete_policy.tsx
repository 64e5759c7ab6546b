import { DeletePolicyCommand, DeletePolicyVersionCommand, paginateListPolicyVersions } from "@aws-sdk/client-iam";
import { iam } from "../../aws/iam";
import { all, useAwsChange } from "../../aws/query";
import { DeleteModal } from "../../parts/delete_modal";
import { useNotifications } from "../../shell/notifications";
import { policyNameOf } from "../../parts/policies";
import { policiesOf } from "../permissions";
import { attachments, useAttachments } from "./entities";

interface DeletePolicyProps {
  arn: string;
  onDeleted?: () => void;
  onClose: () => void;
}

/** Deletes a policy with all its versions, as AWS's console does; the API wants it detached, and without other versions. */
export function DeletePolicy({ arn, onDeleted, onClose }: DeletePolicyProps) {
  const { notify } = useNotifications();
  const name = policyNameOf(arn);
  const attached = useAttachments(arn);
  const remove = useAwsChange(async () => {
    for (const { of, as } of await attachments(arn)) if (as === "Permissions policy") await policiesOf(of).detach(arn);
    const versions = await all(paginateListPolicyVersions({ client: iam() }, { PolicyArn: arn }), (p) => p.Versions);
    for (const { VersionId, IsDefaultVersion } of versions) {
      if (!IsDefaultVersion) await iam().send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId }));
    }
    await iam().send(new DeletePolicyCommand({ PolicyArn: arn }));
  }, [["iam"]]);
  const holders = attached.data?.map(({ of }) => of.name) ?? [];
  return (
    <DeleteModal
      title={`Delete ${name}?`}
      typed={name}
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `Policy ${name} deleted.` });
        onDeleted?.();
      }}
    >
      The policy <b>{name}</b> is deleted permanently, with all its versions, and detached from all users, groups and roles.
      {holders.length > 0 && ` It is attached to ${holders.join(", ")}.`} This can&apos;t be undone.
    </DeleteModal>
  );
}
