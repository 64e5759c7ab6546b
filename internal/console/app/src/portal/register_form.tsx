import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Refusal } from "../session/refusal";
import { useSubmit } from "../session/submit";
import type { NewDevice } from "../session/people";
import { Device, DeviceFields, isWhole, noDevice } from "./device_fields";

interface RegisterFormProps {
  device: NewDevice;
  onCode: (of: { MFACode: string; DeviceName: string }) => Promise<void>;
  onCancel: () => void;
}

/** Has somebody register an MFA device who may not sign in without. */
export function RegisterForm({ device, onCode, onCancel }: RegisterFormProps) {
  const [draft, setDraft] = useState(noDevice);
  const { busy, error, onSubmit } = useSubmit(() => onCode({ MFACode: draft.code, DeviceName: draft.name.trim() }));
  return (
    <form onSubmit={onSubmit}>
      <SpaceBetween size="m">
        <Alert>Your administrator wants you to register an MFA device before you sign in.</Alert>
        <Refusal error={error} />
        <Device device={device} />
        <DeviceFields value={draft} onChange={setDraft} />
        <Button variant="primary" fullWidth loading={busy} disabled={!isWhole(draft)}>
          Assign MFA
        </Button>
        <Button variant="normal" fullWidth formAction="none" onClick={onCancel}>
          Cancel
        </Button>
      </SpaceBetween>
    </form>
  );
}
