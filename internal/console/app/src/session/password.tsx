import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

interface PasswordProps {
  value: string;
  onChange: (value: string) => void;
  label?: string;
  autoFocus?: boolean;
}

/** The password that somebody has. */
export function Password({ value, onChange, label = "Password", autoFocus }: PasswordProps) {
  const [shown, setShown] = useState(false);
  return (
    <SpaceBetween size="xs">
      <FormField label={label}>
        <Input
          type={shown ? "text" : "password"}
          autoFocus={autoFocus}
          autoComplete="current-password"
          value={value}
          onChange={({ detail }) => onChange(detail.value)}
        />
      </FormField>
      <Checkbox checked={shown} onChange={({ detail }) => setShown(detail.checked)}>
        Show password
      </Checkbox>
    </SpaceBetween>
  );
}
