import { ChangePasswordCommand } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { ChangePassword } from "../session/change_password";
import { passwordRules, usePasswordPolicy } from "./passwords";

/** Changes the password of the IAM user who is signed in. */
export function ChangeUserPassword({ onClose }: { onClose: () => void }) {
  const policy = usePasswordPolicy();
  return (
    <ChangePassword
      title="Update console password"
      verb="Update password"
      rules={policy.data !== undefined ? passwordRules(policy.data).join(". ") : undefined}
      change={(passwords) => iam().send(new ChangePasswordCommand(passwords))}
      done={{ header: "Password changed." }}
      onClose={onClose}
    />
  );
}
