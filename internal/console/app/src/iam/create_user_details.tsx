import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ConsolePasswordFields, generated, type ConsolePassword } from "./console_password";
import { nameFault } from "./names";

export interface UserDetails {
  name: string;
  /** The user may sign in to the console. */
  console: boolean;
  password: ConsolePassword;
}

export const noDetails: UserDetails = { name: "", console: false, password: generated };

interface UserDetailsStepProps {
  value: UserDetails;
  onChange: (details: UserDetails) => void;
  /** What is missing is shown. */
  checked: boolean;
}

export function UserDetailsStep({ value, onChange, checked }: UserDetailsStepProps) {
  const { password } = value;
  return (
    <Container header={<Header variant="h2">User details</Header>}>
      <SpaceBetween size="l">
        <FormField
          label="User name"
          constraintText="The user name can have up to 64 characters. Valid characters: A-Z, a-z, 0-9, and + = , . @ _ - (hyphen)"
          errorText={nameFault("user", value.name) || (checked && !value.name && "Enter a user name.")}
        >
          <Input value={value.name} autoFocus onChange={({ detail }) => onChange({ ...value, name: detail.value })} />
        </FormField>
        <Checkbox
          checked={value.console}
          description="For people who use this console. A program needs access keys instead: make them on the user's page."
          onChange={({ detail }) => onChange({ ...value, console: detail.checked })}
        >
          Provide user access to the console - optional
        </Checkbox>
        {value.console && (
          <ConsolePasswordFields
            value={password}
            error={checked && password.custom && !password.password && "Enter a password."}
            onChange={(password) => onChange({ ...value, password })}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}
