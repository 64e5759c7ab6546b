import { ResourceTable, type Column } from "../parts/resource_table";
import { usePolicies, type Policy } from "../parts/policies";

const columns: Column<Policy>[] = [
  { id: "name", header: "Policy name", value: (p) => p.PolicyName, cell: (p) => p.PolicyName, isRowHeader: true, minWidth: 270 },
  { id: "description", header: "Description", value: (p) => p.Description, cell: (p) => p.Description || "–" },
];

interface ManagedPoliciesProps {
  /** ARNs. */
  selected: string[];
  onChange: (arns: string[]) => void;
  without?: string[];
}

/** Choosing policies of AWS, which are the same in all accounts. */
export function ManagedPolicies({ selected, onChange, without }: ManagedPoliciesProps) {
  const policies = usePolicies();
  const data = policies.data?.filter((p) => p.Arn!.startsWith("arn:aws:iam::aws:") && !without?.includes(p.Arn!));
  return (
    <ResourceTable
      name="sso.managed-policies"
      nouns={["policy", "policies"]}
      title="AWS managed policies"
      query={{ ...policies, data }}
      id={(p) => p.Arn!}
      columns={columns}
      selection="multi"
      selected={selected}
      onSelect={onChange}
    />
  );
}
