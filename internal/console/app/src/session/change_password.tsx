import { useState } from "react";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import { agreed, NewPasswordFields, noPassword } from "./new_password";
import { Password } from "./password";
import { isAboutPassword } from "./password_errors";

interface ChangePasswordProps {
  title: string;
  verb?: string;
  rules?: string;
  change: (passwords: { OldPassword: string; NewPassword: string }) => Promise<unknown>;
  /** What is said when it is done. */
  done: { header: string; content?: string };
  onClose: () => void;
}

/** Changes the password of who is signed in. */
export function ChangePassword({ title, verb = "Change password", rules, change, done, onClose }: ChangePasswordProps) {
  const { notify } = useNotifications();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState(noPassword);
  return (
    <FormModal
      title={title}
      verb={verb}
      ready={old !== "" && fresh.password !== "" && fresh.again !== ""}
      shownElsewhere={isAboutPassword}
      onClose={onClose}
      onSubmit={async () => {
        await change({ OldPassword: old, NewPassword: agreed(fresh) });
        notify({ type: "success", ...done });
      }}
    >
      {(error) => (
        <>
          <Password label="Current password" value={old} onChange={setOld} />
          <NewPasswordFields value={fresh} onChange={setFresh} error={error} rules={rules} />
        </>
      )}
    </FormModal>
  );
}
