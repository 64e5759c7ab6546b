import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { displayOf, faultsOf, type Draft } from "./user_draft";

interface UserFieldsProps {
  value: Draft;
  onChange: (draft: Draft) => void;
  /** What is missing is shown. */
  checked: boolean;
}

/** The first step of Add user. */
export function UserFields({ value, onChange, checked }: UserFieldsProps) {
  const faults = checked ? faultsOf(value) : {};
  const field = (name: Exclude<keyof Draft, "password">, label: string, more: { hint?: string; type?: "email"; focus?: boolean } = {}) => (
    <FormField label={label} constraintText={more.hint} errorText={faults[name]}>
      <Input
        type={more.type ?? "text"}
        autoFocus={more.focus}
        autoComplete={false}
        value={value[name]}
        placeholder={name === "display" ? displayOf(value) : undefined}
        onChange={({ detail }) => onChange({ ...value, [name]: detail.value })}
      />
    </FormField>
  );
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Primary information</Header>}>
        <SpaceBetween size="l">
          {field("userName", "Username", {
            hint: "It is what the user signs in with. Maximum 128 characters: letters, numbers, and + = , . @ - _ and the like.",
            focus: true,
          })}
          <FormField label="Password" description="How this user receives the first password.">
            <RadioGroup
              value={value.password}
              items={[
                { value: "EMAIL", label: "Send an email to this user with password setup instructions." },
                { value: "OTP", label: "Generate a one-time password that you can share with this user." },
              ]}
              onChange={({ detail }) => onChange({ ...value, password: detail.value as Draft["password"] })}
            />
          </FormField>
          {field("email", "Email address", { type: "email" })}
          {field("again", "Confirm email address", { type: "email" })}
          {field("first", "First name")}
          {field("last", "Last name")}
          {field("display", "Display name", { hint: "As it is shown in lists of users." })}
        </SpaceBetween>
      </Container>
      <ExpandableSection variant="container" headerText="More about the user - optional">
        <SpaceBetween size="l">
          {field("phone", "Phone number")}
          {field("title", "Title")}
          {field("userType", "User type")}
          {field("nickName", "Nickname")}
          {field("language", "Preferred language", { hint: "Such as en-US." })}
          {field("locale", "Locale", { hint: "Such as en-US." })}
          {field("timezone", "Time zone", { hint: "Such as Europe/Berlin." })}
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  );
}
