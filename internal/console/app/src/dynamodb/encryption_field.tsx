import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { EncryptionDraft } from "./draft";

export const encryptionNote = "The setting is kept and shown as it is chosen. The keys are not of this server: protect its disk.";

interface EncryptionFieldProps {
  value: EncryptionDraft;
  error?: string;
  onChange: (part: Partial<EncryptionDraft>) => void;
}

export function EncryptionField({ value, error, onChange }: EncryptionFieldProps) {
  return (
    <SpaceBetween size="m">
      <FormField label="Encryption key management" stretch>
        <RadioGroup
          value={value.encryption}
          onChange={({ detail }) => onChange({ encryption: detail.value as EncryptionDraft["encryption"] })}
          items={[
            { value: "owned", label: "Owned by Amazon DynamoDB", description: "The default" },
            { value: "managed", label: "AWS managed key", description: "Key alias: aws/dynamodb" },
            { value: "customer", label: "Stored in your account, and owned and managed by you" },
          ]}
        />
      </FormField>
      {value.encryption === "customer" && (
        <FormField label="KMS key" description="Its ARN, ID or alias" errorText={error}>
          <Input
            value={value.keyArn}
            placeholder="arn:aws:kms:us-east-1:111122223333:key/…"
            onChange={({ detail }) => onChange({ keyArn: detail.value.trim() })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
