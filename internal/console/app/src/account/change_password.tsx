import { useState } from "react";
import { FormModal } from "../parts/form_modal";
import { signin } from "../session/api";
import { agreed, NewPasswordFields, noPassword, rootRules } from "../session/new_password";
import { Password } from "../session/password";
import { isAboutPassword } from "../session/password_errors";
import { useNotifications } from "../shell/notifications";

/** Changes the root user's password. */
export function ChangePassword({ onClose }: { onClose: () => void }) {
  const [old, setOld] = useState("");
  const [password, setPassword] = useState(noPassword);
  const { notify } = useNotifications();
  const change = async () => {
    await signin.changePassword({ OldPassword: old, NewPassword: agreed(password) });
    notify({ type: "success", header: "Your password has been changed.", content: "Your other sessions have ended." });
  };
  return (
    <FormModal
      title="Change root user password"
      verb="Change password"
      ready={old !== "" && password.password !== "" && password.again !== ""}
      onSubmit={change}
      onClose={onClose}
      shownElsewhere={isAboutPassword}
    >
      {(error) => (
        <>
          <Password label="Current password" value={old} onChange={setOld} />
          <NewPasswordFields value={password} onChange={setPassword} error={error} rules={rootRules} />
        </>
      )}
    </FormModal>
  );
}
