import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { agreed, NewPasswordFields, noPassword } from "./new_password";
import { Refusal } from "./refusal";
import { useSubmit } from "./submit";

interface ChangeFormProps {
  onPassword: (password: string) => Promise<void>;
  onCancel: () => void;
}

/** Asks for another password of who may not go on with the present one. */
export function ChangeForm({ onPassword, onCancel }: ChangeFormProps) {
  const [password, setPassword] = useState(noPassword);
  const { busy, error, onSubmit } = useSubmit(async () => onPassword(agreed(password)));
  return (
    <form onSubmit={onSubmit}>
      <SpaceBetween size="m">
        <Alert>You must change your password to continue.</Alert>
        <Refusal error={error} />
        <NewPasswordFields value={password} onChange={setPassword} error={error} />
        <Button variant="primary" fullWidth loading={busy} disabled={!password.password || !password.again}>
          Confirm password change
        </Button>
        <Button variant="normal" fullWidth formAction="none" onClick={onCancel}>
          Cancel
        </Button>
      </SpaceBetween>
    </form>
  );
}
