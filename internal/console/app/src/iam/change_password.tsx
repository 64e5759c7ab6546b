import { ChangePasswordCommand } from "@aws-sdk/client-iam";
import { useState } from "react";
import { iam } from "../aws/iam";
import { FormModal } from "../parts/form_modal";
import { signin } from "../session/api";
import { agreed, NewPasswordFields, noPassword, rootRules } from "../session/new_password";
import { Password } from "../session/password";
import { PasswordsDiffer } from "../session/password_errors";
import { useNotifications } from "../shell/notifications";
import { passwordRules, usePasswordPolicy } from "./passwords";

/** Changes the password of who is signed in. The root user's is no matter of IAM. */
export function ChangePassword({ root, onClose }: { root: boolean; onClose: () => void }) {
  const { notify } = useNotifications();
  const policy = usePasswordPolicy();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState(noPassword);
  const [error, setError] = useState<unknown>();
  const rules = root ? rootRules : policy.data !== undefined ? passwordRules(policy.data).join(". ") : undefined;
  const change = async () => {
    setError(undefined);
    const input = { OldPassword: old, NewPassword: agreed(fresh) };
    await (root ? signin.changePassword(input) : iam().send(new ChangePasswordCommand(input)));
    notify({ type: "success", header: "Password changed." });
  };
  return (
    <FormModal
      title={root ? "Change password" : "Update console password"}
      verb={root ? "Change password" : "Update password"}
      disabled={!old || !fresh.password || !fresh.again}
      onClose={onClose}
      onSubmit={() =>
        change().catch((e: unknown) => {
          setError(e);
          if (e instanceof PasswordsDiffer) return "stay"; // the field says it
          throw e;
        })
      }
    >
      <Password label="Current password" value={old} onChange={setOld} />
      <NewPasswordFields value={fresh} onChange={setFresh} error={error} rules={rules} />
    </FormModal>
  );
}
