import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { Actions } from "../../parts/actions";
import { ResourceTable, type Column } from "../../parts/resource_table";
import { Time } from "../../parts/time";
import { navigate } from "../../shell/links";
import { Page } from "../../shell/page";
import { policyPage, policyType, usePolicies, type Policy, type PolicyType } from "../../parts/policies";
import { DeletePolicy } from "./delete_policy";

const types: (PolicyType | "All types")[] = ["All types", "Customer managed", "AWS managed", "AWS managed - job function"];
const uses = ["Used as anything", "Permissions policy", "Permissions boundary", "Not used"] as const;

const usedAs = (p: Policy) =>
  [p.AttachmentCount && `Permissions policy (${p.AttachmentCount})`, p.PermissionsBoundaryUsageCount && `Boundary (${p.PermissionsBoundaryUsageCount})`]
    .filter(Boolean)
    .join(", ") || "None";

const isUsed = (p: Policy, use: (typeof uses)[number]) =>
  ({
    "Used as anything": true,
    "Permissions policy": !!p.AttachmentCount,
    "Permissions boundary": !!p.PermissionsBoundaryUsageCount,
    "Not used": !p.AttachmentCount && !p.PermissionsBoundaryUsageCount,
  })[use];

const columns: Column<Policy>[] = [
  {
    id: "name",
    header: "Policy name",
    value: (p) => p.PolicyName,
    cell: (p) => <Link href={policyPage(p.Arn!)}>{p.PolicyName}</Link>,
    isRowHeader: true,
    minWidth: 270,
  },
  { id: "type", header: "Type", value: (p) => policyType(p.Arn), cell: (p) => policyType(p.Arn) },
  { id: "used", header: "Used as", value: usedAs, cell: usedAs },
  { id: "description", header: "Description", value: (p) => p.Description, cell: (p) => p.Description || "–" },
  { id: "created", header: "Creation time", value: (p) => p.CreateDate, cell: (p) => <Time at={p.CreateDate} as="ago" />, hidden: true },
  { id: "edited", header: "Edited", value: (p) => p.UpdateDate, cell: (p) => <Time at={p.UpdateDate} as="ago" />, hidden: true },
  { id: "arn", header: "ARN", value: (p) => p.Arn, cell: (p) => p.Arn, hidden: true },
];

export default function Policies() {
  const policies = usePolicies();
  const [type, setType] = useState<(typeof types)[number]>("All types");
  const [use, setUse] = useState<(typeof uses)[number]>("Used as anything");
  const [deleting, setDeleting] = useState<Policy>();
  const data = policies.data?.filter((p) => (type === "All types" || policyType(p.Arn) === type) && isUsed(p, use));
  return (
    <Page title="Policies" breadcrumbs={[["IAM", "/console/iam"]]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="A policy is an object that defines permissions. Those of AWS can't be changed; your own can."
        name="iam.policies"
        nouns={["policy", "policies"]}
        query={{ ...policies, data }}
        id={(p) => p.Arn!}
        columns={columns}
        selection="single"
        filters={
          <>
            <Choice label="Filter by type" options={types} value={type} onChange={setType} />
            <Choice label="Filter by use" options={uses} value={use} onChange={setUse} />
          </>
        }
        actions={([policy]) => (
          <Actions>
            <ButtonDropdown
              disabled={!policy}
              items={[
                { id: "attach", text: "Attach" },
                { id: "detach", text: "Detach" },
                {
                  id: "delete",
                  text: "Delete",
                  disabled: policyType(policy?.Arn) !== "Customer managed",
                  disabledReason: "Policies of AWS can't be deleted.",
                },
              ]}
              onItemClick={({ detail }) => {
                if (detail.id === "delete") setDeleting(policy);
                else navigate(`${policyPage(policy!.Arn!)}${detail.id === "attach" ? "/attach" : "?section=entities_attached"}`);
              }}
            >
              Actions
            </ButtonDropdown>
            <Button variant="primary" href="/console/iam/create-policy">
              Create policy
            </Button>
          </Actions>
        )}
      />
      {deleting && <DeletePolicy arn={deleting.Arn!} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  options: readonly T[];
  value: T;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <Select
      ariaLabel={label}
      selectedOption={{ value, label: value }}
      options={options.map((value) => ({ value, label: value }))}
      onChange={({ detail }) => onChange(detail.selectedOption.value as T)}
    />
  );
}
