import { DeleteAccountPasswordPolicyCommand, UpdateAccountPasswordPolicyCommand, type PasswordPolicy } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { iam } from "../aws/iam";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { isMissing, passwordRules, usePasswordPolicy } from "./passwords";

const settings = "/console/iam/account-settings";

export default function EditPasswordPolicy() {
  const policy = usePasswordPolicy();
  return (
    <Page
      title="Edit password policy"
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Account settings", settings],
      ]}
    >
      <Loaded query={policy}>{(policy) => <Editor before={policy} />}</Loaded>
    </Page>
  );
}

const strengths = [
  ["RequireUppercaseCharacters", "Require at least one uppercase letter from the Latin alphabet (A-Z)"],
  ["RequireLowercaseCharacters", "Require at least one lowercase letter from the Latin alphabet (a-z)"],
  ["RequireNumbers", "Require at least one number"],
  ["RequireSymbols", "Require at least one non-alphanumeric character ( ! @ # $ % ^ & * ( ) _ + - = [ ] { } | ' )"],
] as const;

type Range = readonly [least: number, most: number];

/** What the numbers of a policy can be (UpdateAccountPasswordPolicy). */
const ranges = {
  MinimumPasswordLength: [6, 128],
  MaxPasswordAge: [1, 1095],
  PasswordReusePrevention: [1, 24],
} as const satisfies Partial<Record<keyof PasswordPolicy, Range>>;

const isWithin = ([least, most]: Range, value: number | undefined) => Number.isInteger(value) && value! >= least && value! <= most;

/** Whether all numbers are what they can be; those of what is not turned on are not there. */
const isComplete = (policy: PasswordPolicy) =>
  isWithin(ranges.MinimumPasswordLength, policy.MinimumPasswordLength) &&
  isWithin(ranges.MaxPasswordAge, policy.MaxPasswordAge ?? 1) &&
  isWithin(ranges.PasswordReusePrevention, policy.PasswordReusePrevention ?? 1);

function Editor({ before }: { before: PasswordPolicy | null }) {
  const { notify } = useNotifications();
  const [custom, setCustom] = useState(before !== null);
  const [policy, setPolicy] = useState<PasswordPolicy>(before ?? { MinimumPasswordLength: 8, AllowUsersToChangePassword: true });
  const change = (part: Partial<PasswordPolicy>) => setPolicy({ ...policy, ...part });
  const save = useAwsChange(async () => {
    if (custom) {
      const { ExpirePasswords: _, ...input } = policy;
      return iam().send(new UpdateAccountPasswordPolicyCommand(input));
    }
    return iam().send(new DeleteAccountPasswordPolicyCommand({})).catch((e: unknown) => {
      if (!isMissing(e)) throw e;
    });
  }, [["iam"]]);
  const submit = async () => {
    if (custom && !isComplete(policy)) return;
    await save.mutateAsync();
    notify({ type: "success", header: "Password requirements for IAM users are updated." });
    navigate(settings);
  };
  return (
    <Form
      actions={
        <Actions>
          <Button variant="link" href={settings}>
            Cancel
          </Button>
          <Button variant="primary" loading={save.isPending} onClick={() => submit().catch(() => {})}>
            Save changes
          </Button>
        </Actions>
      }
    >
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Password policy</Header>}>
          <RadioGroup
            ariaLabel="Password policy"
            value={custom ? "custom" : "default"}
            onChange={({ detail }) => setCustom(detail.value === "custom")}
            items={[
              { value: "default", label: "IAM default", description: `${passwordRules(null).join(". ")}.` },
              { value: "custom", label: "Custom", description: "Apply customized password requirements." },
            ]}
          />
        </Container>
        {custom && <CustomPolicy policy={policy} onChange={change} />}
        {save.error && <Failure error={save.error} />}
      </SpaceBetween>
    </Form>
  );
}

function CustomPolicy({ policy, onChange }: { policy: PasswordPolicy; onChange: (part: Partial<PasswordPolicy>) => void }) {
  return (
    <Container header={<Header variant="h2">Custom password policy</Header>}>
      <SpaceBetween size="l">
        <Count
          label="Password minimum length"
          hint="Enforce a minimum length of characters."
          range={ranges.MinimumPasswordLength}
          value={policy.MinimumPasswordLength}
          onChange={(MinimumPasswordLength) => onChange({ MinimumPasswordLength })}
        />
        <FormField label="Password strength">
          {strengths.map(([name, label]) => (
            <Checkbox key={name} checked={policy[name] ?? false} onChange={({ detail }) => onChange({ [name]: detail.checked })}>
              {label}
            </Checkbox>
          ))}
        </FormField>
        <FormField label="Other requirements">
          <SpaceBetween size="xs">
            <Checkbox
              checked={policy.MaxPasswordAge !== undefined}
              onChange={({ detail }) => onChange({ MaxPasswordAge: detail.checked ? 90 : undefined, HardExpiry: undefined })}
            >
              Turn on password expiration
            </Checkbox>
            {policy.MaxPasswordAge !== undefined && (
              <SpaceBetween size="xs">
                <Count
                  label="Expire password in (days)"
                  range={ranges.MaxPasswordAge}
                  value={policy.MaxPasswordAge}
                  onChange={(days) => onChange({ MaxPasswordAge: days ?? 0 })}
                />
                <Checkbox checked={policy.HardExpiry ?? false} onChange={({ detail }) => onChange({ HardExpiry: detail.checked })}>
                  Password expiration requires administrator reset
                </Checkbox>
              </SpaceBetween>
            )}
            <Checkbox
              checked={policy.AllowUsersToChangePassword ?? false}
              onChange={({ detail }) => onChange({ AllowUsersToChangePassword: detail.checked })}
            >
              Allow users to change their own password
            </Checkbox>
            <Checkbox
              checked={policy.PasswordReusePrevention !== undefined}
              onChange={({ detail }) => onChange({ PasswordReusePrevention: detail.checked ? 5 : undefined })}
            >
              Prevent password reuse
            </Checkbox>
            {policy.PasswordReusePrevention !== undefined && (
              <Count
                label="Remember (passwords)"
                range={ranges.PasswordReusePrevention}
                value={policy.PasswordReusePrevention}
                onChange={(n) => onChange({ PasswordReusePrevention: n ?? 0 })}
              />
            )}
          </SpaceBetween>
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

interface CountProps {
  label: string;
  hint?: string;
  range: Range;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

const Count = ({ label, hint = "", range, value, onChange }: CountProps) => (
  <FormField
    label={label}
    constraintText={`${hint} Needs to be between ${range[0]} and ${range[1]}.`.trim()}
    errorText={!isWithin(range, value) && `Enter a whole number between ${range[0]} and ${range[1]}.`}
  >
    <Input
      type="number"
      value={value === undefined ? "" : String(value)}
      onChange={({ detail }) => onChange(detail.value === "" ? undefined : Number(detail.value))}
    />
  </FormField>
);
