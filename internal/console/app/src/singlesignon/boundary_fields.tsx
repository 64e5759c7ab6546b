import type { PermissionsBoundary } from "@aws-sdk/client-sso-admin";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { policyNameOf, usePolicies } from "../parts/policies";

interface BoundaryFieldsProps {
  value: PermissionsBoundary | undefined;
  onChange: (boundary: PermissionsBoundary | undefined) => void;
}

type Kind = "none" | "aws" | "customer";

/** The most that the policies can give: a policy of AWS, or one that each account has. */
export function BoundaryFields({ value, onChange }: BoundaryFieldsProps) {
  const policies = usePolicies();
  const kind: Kind = value?.CustomerManagedPolicyReference ? "customer" : value ? "aws" : "none";
  const arn = value?.ManagedPolicyArn;
  const reference = value?.CustomerManagedPolicyReference;
  const choose: Record<Kind, () => void> = {
    none: () => onChange(undefined),
    aws: () => onChange({ ManagedPolicyArn: "" }),
    customer: () => onChange({ CustomerManagedPolicyReference: { Name: "", Path: "/" } }),
  };
  return (
    <SpaceBetween size="m">
      <FormField label="Permissions boundary">
        <RadioGroup
          value={kind}
          items={[
            { value: "none", label: "None" },
            { value: "aws", label: "An AWS managed policy" },
            { value: "customer", label: "A customer managed policy", description: "It has to be in each account that the permission set is assigned in." },
          ]}
          onChange={({ detail }) => choose[detail.value as Kind]()}
        />
      </FormField>
      {kind === "aws" && (
        <FormField label="AWS managed policy">
          <Select
            filteringType="auto"
            placeholder="Choose a policy"
            statusType={policies.isPending ? "loading" : "finished"}
            selectedOption={arn ? { value: arn, label: policyNameOf(arn) } : null}
            options={policies.data
              ?.filter((p) => p.Arn!.startsWith("arn:aws:iam::aws:"))
              .map((p) => ({ value: p.Arn!, label: p.PolicyName!, description: p.Description }))}
            onChange={({ detail }) => onChange({ ManagedPolicyArn: detail.selectedOption.value })}
          />
        </FormField>
      )}
      {reference && (
        <>
          <FormField label="Policy name">
            <Input
              value={reference.Name ?? ""}
              autoComplete={false}
              onChange={({ detail }) => onChange({ CustomerManagedPolicyReference: { ...reference, Name: detail.value } })}
            />
          </FormField>
          <FormField label="Path">
            <Input
              value={reference.Path ?? "/"}
              autoComplete={false}
              onChange={({ detail }) => onChange({ CustomerManagedPolicyReference: { ...reference, Path: detail.value } })}
            />
          </FormField>
        </>
      )}
    </SpaceBetween>
  );
}

/** Whether a boundary says which policy it is. */
export const isWhole = (boundary: PermissionsBoundary | undefined) =>
  !boundary || !!boundary.ManagedPolicyArn || !!boundary.CustomerManagedPolicyReference?.Name;
