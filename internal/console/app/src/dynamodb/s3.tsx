// Places in the object store: s3://bucket/prefix.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { usePrincipal } from "../session/session";

export interface S3Place {
  bucket: string;
  prefix: string | undefined;
}

/** Reads "s3://bucket/prefix"; "bucket/prefix" is the same. Nothing if there is no bucket in it. */
export function s3Place(text: string): S3Place | undefined {
  const [, bucket, prefix] = /^(?:s3:\/\/)?([\w.-]+)(?:\/(.*))?$/.exec(text.trim()) ?? [];
  return bucket ? { bucket, prefix: prefix || undefined } : undefined;
}

export const s3URL = (bucket: string | undefined, prefix?: string) => (bucket ? `s3://${bucket}/${prefix ?? ""}` : "–");

interface S3FieldProps {
  label: string;
  description: string;
  value: string;
  error?: string;
  onChange: (text: string) => void;
}

export function S3Field({ label, description, value, error, onChange }: S3FieldProps) {
  const { Account } = usePrincipal();
  return (
    <FormField
      label={label}
      description={description}
      constraintText={`Format: s3://bucket/prefix. Buckets are those of the server's object store: folders of objects/${Account} in its data folder, unless it was given another one.`}
      errorText={error}
      stretch
    >
      <Input value={value} placeholder="s3://bucket/prefix" onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}

/** Whose bucket it is: the account's own, unless another account is given. */
export function BucketOwnerField({ value, onChange }: { value: string; onChange: (account: string) => void }) {
  return (
    <FormField
      label={
        <>
          S3 bucket owner <i>– optional</i>
        </>
      }
      description="The ID of the account that the bucket belongs to, if it is another one than yours."
    >
      <Input value={value} placeholder="This AWS account" inputMode="numeric" onChange={({ detail }) => onChange(detail.value.trim())} />
    </FormField>
  );
}
