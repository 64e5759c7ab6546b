import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { accountNameFault } from "./account_name";

interface AccountNameFieldProps {
  value: string;
  onChange: (name: string) => void;
  description?: string;
  autoFocus?: boolean;
}

/** The name of an account, wherever it is given. */
export function AccountNameField({ value, onChange, description, autoFocus }: AccountNameFieldProps) {
  return (
    <FormField
      label="Account name"
      description={description}
      constraintText="Up to 50 characters: letters without accents, digits, spaces, and punctuation."
      errorText={accountNameFault(value)}
    >
      <Input value={value} autoFocus={autoFocus} autoComplete="organization" onChange={({ detail }) => onChange(detail.value)} />
    </FormField>
  );
}
