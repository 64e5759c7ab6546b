import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Refusal } from "./refusal";
import { useSubmit } from "./submit";

interface MFAFormProps {
  /** The last code was wrong. */
  failed: boolean;
  onCode: (code: string) => Promise<void>;
  onCancel: () => void;
}

/** Asks for what the MFA device shows. */
export function MFAForm({ failed, onCode, onCancel }: MFAFormProps) {
  const [code, setCode] = useState("");
  const { busy, error, onSubmit } = useSubmit(async () => {
    await onCode(code.replace(/\s/g, ""));
    setCode("");
  });
  return (
    <form onSubmit={onSubmit}>
      <SpaceBetween size="m">
        <Refusal error={error} />
        <FormField
          label="MFA code"
          description="Enter the code that your authenticator app or MFA device shows."
          errorText={failed && !code && "The code is not right, or has been used already. Wait for the next one."}
        >
          <Input
            value={code}
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            onChange={({ detail }) => setCode(detail.value)}
          />
        </FormField>
        <Button variant="primary" fullWidth loading={busy} disabled={!code}>
          Submit
        </Button>
        <Button variant="normal" fullWidth formAction="none" onClick={onCancel}>
          Cancel
        </Button>
      </SpaceBetween>
    </form>
  );
}
