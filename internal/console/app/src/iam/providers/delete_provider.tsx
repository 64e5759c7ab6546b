import { DeleteOpenIDConnectProviderCommand, DeleteSAMLProviderCommand } from "@aws-sdk/client-iam";
import { iam } from "../../aws/iam";
import { useAwsChange } from "../../aws/query";
import { DeleteModal } from "../../parts/delete_modal";
import { useNotifications } from "../../shell/notifications";
import { isSAML, nameOf } from "./list";

interface DeleteProviderProps {
  arn: string;
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteProvider({ arn, onDeleted, onClose }: DeleteProviderProps) {
  const { notify } = useNotifications();
  const remove = useAwsChange(
    async () => {
      if (isSAML(arn)) await iam().send(new DeleteSAMLProviderCommand({ SAMLProviderArn: arn }));
      else await iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    },
    [["iam"]],
  );
  return (
    <DeleteModal
      title={`Delete ${nameOf(arn)}?`}
      typed="confirm"
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `Identity provider ${nameOf(arn)} deleted.` });
        onDeleted?.();
      }}
    >
      Roles that trust <b>{nameOf(arn)}</b> keep naming it, and can no longer be assumed through it. This can&apos;t be undone.
    </DeleteModal>
  );
}
