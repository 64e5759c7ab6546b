import { ChangePasswordCommand } from "@aws-sdk/client-iam";
import { useState } from "react";
import { iam } from "../aws/iam";
import { FormModal } from "../parts/form_modal";
import { agreed, NewPasswordFields, noPassword } from "../session/new_password";
import { Password } from "../session/password";
import { isAboutPassword } from "../session/password_errors";
import { useNotifications } from "../shell/notifications";
import { passwordRules, usePasswordPolicy } from "./passwords";

/** Changes the password of the IAM user who is signed in. */
export function ChangePassword({ onClose }: { onClose: () => void }) {
  const { notify } = useNotifications();
  const policy = usePasswordPolicy();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState(noPassword);
  return (
    <FormModal
      title="Update console password"
      verb="Update password"
      ready={old !== "" && fresh.password !== "" && fresh.again !== ""}
      shownElsewhere={isAboutPassword}
      onClose={onClose}
      onSubmit={async () => {
        await iam().send(new ChangePasswordCommand({ OldPassword: old, NewPassword: agreed(fresh) }));
        notify({ type: "success", header: "Password changed." });
      }}
    >
      {(error) => (
        <>
          <Password label="Current password" value={old} onChange={setOld} />
          <NewPasswordFields
            value={fresh}
            onChange={setFresh}
            error={error}
            rules={policy.data !== undefined ? passwordRules(policy.data).join(". ") : undefined}
          />
        </>
      )}
    </FormModal>
  );
}
