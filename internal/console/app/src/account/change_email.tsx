import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { queryClient } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { sessionKey, signin } from "../session/api";
import { CodeSent } from "../session/code_sent";
import { Password } from "../session/password";
import { useNotifications } from "../shell/notifications";

/** Changes the root user's address: the new one gets a code, which proves that it is theirs. */
export function ChangeEmail({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [sent, setSent] = useState(false);
  const [code, setCode] = useState("");
  const { notify } = useNotifications();
  const send = async () => {
    await signin.changeEmail({ Email: email.trim(), Password: password });
    setSent(true);
    return false; // the window stays, for the code
  };
  const verify = async () => {
    await signin.verifyEmail({ Code: code.replace(/\s/g, "") });
    notify({ type: "success", header: `The root user's email address is now ${email.trim()}.` });
    await queryClient.invalidateQueries({ queryKey: sessionKey });
  };
  return (
    <FormModal
      title="Edit root user email address"
      verb={sent ? "Confirm" : "Send code"}
      ready={sent ? code !== "" : email !== "" && password !== ""}
      onSubmit={sent ? verify : send}
      onClose={onClose}
    >
      {sent ? (
        <>
          <CodeSent email={email} />
          <FormField label="Verification code" description="6 digits, valid for 15 minutes.">
            <Input
              value={code}
              autoFocus
              inputMode="numeric"
              autoComplete="one-time-code"
              onChange={({ detail }) => setCode(detail.value)}
            />
          </FormField>
        </>
      ) : (
        <>
          <FormField label="New email address">
            <Input type="email" value={email} autoFocus onChange={({ detail }) => setEmail(detail.value)} />
          </FormField>
          <Password label="Current password" value={password} onChange={setPassword} />
        </>
      )}
    </FormModal>
  );
}
