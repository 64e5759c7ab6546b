import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Secret } from "../parts/secret";
import type { NewDevice } from "../session/people";

/** What a person says of a new authenticator app. */
export interface DeviceDraft {
  name: string;
  code: string;
}

export const noDevice: DeviceDraft = { name: "", code: "" };

export const isWhole = ({ name, code }: DeviceDraft) => name.trim() !== "" && code.length === 6;

/** What an authenticator app has to know. */
export function Device({ device }: { device: NewDevice }) {
  return (
    <>
      <ol>
        <li>Install an authenticator app, such as Google Authenticator or Authy, on your phone or computer.</li>
        <li>Scan the QR code with it.</li>
        <li>Enter the six digits that the app shows then.</li>
      </ol>
      <img className="qr-code" alt="QR code for the authenticator app" src={device.QRCode} />
      <FormField label="Secret key" description="Type it where a QR code can't be scanned.">
        <Secret name="secret key" text={device.Secret} />
      </FormField>
    </>
  );
}

export function DeviceFields({ value, onChange }: { value: DeviceDraft; onChange: (value: DeviceDraft) => void }) {
  return (
    <SpaceBetween size="m">
      <FormField label="Device name" description="By which you tell it from others.">
        <Input value={value.name} autoFocus onChange={({ detail }) => onChange({ ...value, name: detail.value })} />
      </FormField>
      <CodeField value={value.code} onChange={(code) => onChange({ ...value, code })} />
    </SpaceBetween>
  );
}

interface CodeFieldProps {
  description?: string;
  value: string;
  onChange: (code: string) => void;
}

export function CodeField({ description, value, onChange }: CodeFieldProps) {
  return (
    <FormField label="Authenticator code" description={description}>
      <Input
        value={value}
        inputMode="numeric"
        autoComplete="one-time-code"
        onChange={({ detail }) => onChange(detail.value.replaceAll(/\D/g, "").slice(0, 6))}
      />
    </FormField>
  );
}
