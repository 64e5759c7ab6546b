// A new password, typed twice. The server has the rules; its answer is shown at the field.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { explain } from "../aws/errors";
import { isAgainstPolicy, PasswordsDiffer } from "./password_errors";

export interface NewPassword {
  password: string;
  again: string;
}

export const noPassword: NewPassword = { password: "", again: "" };

/** The password, if it was typed twice alike. */
export function agreed({ password, again }: NewPassword): string {
  if (password !== again) throw new PasswordsDiffer("The passwords don't match");
  return password;
}

export const rootRules = "8 to 128 characters, with at least three of: uppercase letters, lowercase letters, numbers, symbols.";

interface NewPasswordFieldsProps {
  value: NewPassword;
  onChange: (value: NewPassword) => void;
  /** What sending them led to. */
  error: unknown;
  label?: string;
  rules?: string;
}

export function NewPasswordFields({ value, onChange, error, label = "New password", rules }: NewPasswordFieldsProps) {
  const [shown, setShown] = useState(false);
  const type = shown ? "text" : "password";
  return (
    <SpaceBetween size="m">
      <FormField label={label} constraintText={rules} errorText={isAgainstPolicy(error) && explain(error).text}>
        <Input
          type={type}
          autoComplete="new-password"
          value={value.password}
          onChange={({ detail }) => onChange({ ...value, password: detail.value })}
        />
      </FormField>
      <FormField
        label={`Confirm ${label[0]!.toLowerCase()}${label.slice(1)}`}
        errorText={error instanceof PasswordsDiffer && value.password !== value.again && error.message}
      >
        <Input
          type={type}
          autoComplete="new-password"
          value={value.again}
          onChange={({ detail }) => onChange({ ...value, again: detail.value })}
        />
      </FormField>
      <Checkbox checked={shown} onChange={({ detail }) => setShown(detail.checked)}>
        Show passwords
      </Checkbox>
    </SpaceBetween>
  );
}
