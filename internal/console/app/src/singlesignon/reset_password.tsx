import RadioGroup from "@cloudscape-design/components/radio-group";
import FormField from "@cloudscape-design/components/form-field";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import { updatePassword } from "./directory";
import { OneTimePassword } from "./one_time_password";

interface ResetPasswordProps {
  store: string;
  user: { UserId: string | undefined; UserName?: string };
  onClose: () => void;
}

export function ResetPassword({ store, user, onClose }: ResetPasswordProps) {
  const { notify } = useNotifications();
  const [mode, setMode] = useState<"EMAIL" | "OTP">("EMAIL");
  const [password, setPassword] = useState<string>();
  const reset = useAwsChange(() => updatePassword(store, { UserId: user.UserId!, PasswordMode: mode }), []);
  if (password !== undefined) return <OneTimePassword user={user.UserName ?? ""} password={password} onClose={onClose} />;
  return (
    <FormModal
      title={`Reset the password of ${user.UserName}`}
      verb="Reset password"
      onClose={onClose}
      onSubmit={async () => {
        const { Password } = await reset.mutateAsync();
        if (Password === undefined) return notify({ type: "success", header: `Instructions to set a password are on their way to ${user.UserName}.` });
        setPassword(Password);
        return false;
      }}
    >
      <FormField label="How the user gets another password" description="The present one stops working.">
        <RadioGroup
          value={mode}
          items={[
            { value: "EMAIL", label: "Send an email to the user with instructions to reset the password" },
            { value: "OTP", label: "Generate a one-time password and share the password with the user" },
          ]}
          onChange={({ detail }) => setMode(detail.value as "EMAIL" | "OTP")}
        />
      </FormField>
    </FormModal>
  );
}
