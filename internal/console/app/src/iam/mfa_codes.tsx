import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";

export interface MFACodes {
  first: string;
  second: string;
}

export const noCodes: MFACodes = { first: "", second: "" };

export const areCodes = ({ first, second }: MFACodes) => /^\d{6}$/.test(first) && /^\d{6}$/.test(second);

/** Two codes that follow each other, by which the server knows how the clock of a device goes. */
export function MFACodeFields({ value, onChange }: { value: MFACodes; onChange: (codes: MFACodes) => void }) {
  const field = (name: "first" | "second", label: string, hint: string) => (
    <FormField label={label} constraintText={hint}>
      <Input
        value={value[name]}
        inputMode="numeric"
        autoComplete="one-time-code"
        onChange={({ detail }) => onChange({ ...value, [name]: detail.value.replaceAll(/\D/g, "").slice(0, 6) })}
      />
    </FormField>
  );
  return (
    <SpaceBetween size="m">
      {field("first", "MFA code 1", "The six digits that the app shows.")}
      {field("second", "MFA code 2", "Wait up to 30 seconds for the next six digits.")}
    </SpaceBetween>
  );
}
