import type { CustomerManagedPolicyReference } from "@aws-sdk/client-sso-admin";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";

interface CustomerPoliciesProps {
  value: CustomerManagedPolicyReference[];
  onChange: (references: CustomerManagedPolicyReference[]) => void;
}

/** Names of policies that each account has of its own, in which the permission set is assigned. */
export function CustomerPolicies({ value, onChange }: CustomerPoliciesProps) {
  const change = (index: number, part: Partial<CustomerManagedPolicyReference>) => onChange(value.map((r, i) => (i === index ? { ...r, ...part } : r)));
  return (
    <AttributeEditor
      items={value}
      empty="No customer managed policies."
      addButtonText="Attach more"
      removeButtonText="Remove"
      removeButtonAriaLabel={(r) => `Remove policy ${r.Name}`}
      onAddButtonClick={() => onChange([...value, { Name: "", Path: "/" }])}
      onRemoveButtonClick={({ detail }) => onChange(value.filter((_, i) => i !== detail.itemIndex))}
      definition={[
        {
          label: "Policy name",
          control: (r, i) => <Input value={r.Name ?? ""} autoComplete={false} onChange={({ detail }) => change(i, { Name: detail.value })} />,
        },
        {
          label: "Path",
          control: (r, i) => <Input value={r.Path ?? "/"} autoComplete={false} onChange={({ detail }) => change(i, { Path: detail.value })} />,
        },
      ]}
    />
  );
}
