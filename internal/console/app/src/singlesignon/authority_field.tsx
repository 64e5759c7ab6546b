import FormField from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";

/** The authorities that a server's certificate may be of, if not those that the machine trusts. */
export function AuthorityField({ value, onChange }: { value: string; onChange: (pem: string) => void }) {
  return (
    <FormField label="Certificate authority - optional" description="PEM. Without it, those count that the server's machine trusts.">
      <Textarea value={value} rows={3} spellcheck={false} placeholder="-----BEGIN CERTIFICATE-----" onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}
