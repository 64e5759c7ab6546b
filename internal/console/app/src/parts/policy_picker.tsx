// The one way to choose managed policies: what is attached to principals, and what bounds them.
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { ResourceTable, type Column } from "./resource_table";
import { policyPage, policyType, usePolicies, type Policy, type PolicyType } from "./policies";

const types: (PolicyType | "All types")[] = ["All types", "Customer managed", "AWS managed", "AWS managed - job function"];

const columns: Column<Policy>[] = [
  {
    id: "name",
    header: "Policy name",
    value: (p) => p.PolicyName,
    // In another tab, so that what was filled in is not lost.
    cell: (p) => (
      <Link href={policyPage(p.Arn!)} target="_blank">
        {p.PolicyName}
      </Link>
    ),
    isRowHeader: true,
    minWidth: 270,
  },
  { id: "type", header: "Type", value: (p) => policyType(p.Arn), cell: (p) => policyType(p.Arn) },
  { id: "attached", header: "Attached entities", value: (p) => p.AttachmentCount, cell: (p) => p.AttachmentCount ?? 0 },
  { id: "description", header: "Description", value: (p) => p.Description, cell: (p) => p.Description ?? "–", hidden: true },
];

interface PolicyPickerProps {
  /** ARNs of policies. */
  selected: string[];
  onChange: (arns: string[]) => void;
  /** Only one can be chosen. */
  single?: boolean;
  title?: string;
  description?: string;
  /** What is not offered, because the principal has it. */
  without?: string[];
}

export function PolicyPicker({ selected, onChange, single, title = "Permissions policies", description, without }: PolicyPickerProps) {
  const policies = usePolicies();
  const [type, setType] = useState<(typeof types)[number]>("All types");
  const data = policies.data?.filter(
    (p) => !without?.includes(p.Arn!) && (type === "All types" || policyType(p.Arn) === type),
  );
  // What was chosen stays so when a filter hides it.
  const hidden = single ? [] : selected.filter((arn) => !data?.some((p) => p.Arn === arn));
  return (
    <ResourceTable
      name="iam.policy-picker"
      nouns={["policy", "policies"]}
      title={title}
      description={description}
      query={{ ...policies, data }}
      id={(p) => p.Arn!}
      columns={columns}
      selection={single ? "single" : "multi"}
      selected={selected}
      onSelect={(arns) => onChange([...hidden, ...arns])}
      filters={
        <Select
          ariaLabel="Filter by type"
          selectedOption={{ value: type, label: type }}
          options={types.map((value) => ({ value, label: value }))}
          onChange={({ detail }) => setType(detail.selectedOption.value as typeof type)}
        />
      }
    />
  );
}
