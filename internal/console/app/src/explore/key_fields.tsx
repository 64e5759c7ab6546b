// The conditions of a query on the key of a table or index.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { KeyAttribute, Source } from "./schema";
import { keyOperators, noCondition, operators, type Condition, type Faults, type Operator, type Search } from "./search";
import { own, typeNames } from "./values";

interface KeyFieldsProps {
  source: Source;
  search: Search;
  faults: Faults;
  set: (change: Partial<Search>) => void;
}

export function KeyFields({ source, search, faults, set }: KeyFieldsProps) {
  const field = (k: KeyAttribute, part: "Partition key" | "Sort key") => (
    <KeyField
      key={k.name}
      attribute={k}
      part={part}
      condition={own(search.keys, k.name) ?? noCondition}
      fault={faults[`key:${k.name}`]}
      onChange={(condition) => set({ keys: { ...search.keys, [k.name]: condition } })}
    />
  );
  return (
    <SpaceBetween size="s">
      {source.partition.map((k) => field(k, "Partition key"))}
      {source.sort.map((k) => field(k, "Sort key"))}
      {source.sort.length > 0 && (
        <Checkbox checked={search.descending} onChange={({ detail }) => set({ descending: detail.checked })}>
          Sort descending
        </Checkbox>
      )}
    </SpaceBetween>
  );
}

interface KeyFieldProps {
  attribute: KeyAttribute;
  part: "Partition key" | "Sort key";
  condition: Condition;
  fault: string | undefined;
  onChange: (condition: Condition) => void;
}

function KeyField({ attribute, part, condition, fault, onChange }: KeyFieldProps) {
  const { name, type } = attribute;
  const sort = part === "Sort key";
  const allowed = keyOperators.filter((o) => o !== "begins_with" || type !== "N");
  const options = allowed.map((value) => ({ value, label: operators[value] }));
  const hint = type === "B" ? "Enter it in base64." : sort ? "Leave it empty to find all." : "";
  return (
    <FormField label={`${name} (${part.toLowerCase()}, ${typeNames[type].toLowerCase()})`} constraintText={hint} errorText={fault}>
      <div className="explore-condition">
        {sort && (
          <Select
            ariaLabel={`Condition of ${name}`}
            selectedOption={options.find((o) => o.value === condition.operator)!}
            options={options}
            onChange={({ detail }) => onChange({ ...condition, operator: detail.selectedOption.value as Operator })}
          />
        )}
        <Input
          ariaLabel={`Value of ${name}`}
          value={condition.text}
          placeholder={sort ? "Sort key value" : "Partition key value"}
          onChange={({ detail }) => onChange({ ...condition, text: detail.value })}
        />
        {condition.operator === "between" && (
          <Input
            ariaLabel={`Upper end of ${name}`}
            value={condition.upper}
            placeholder="Upper end"
            onChange={({ detail }) => onChange({ ...condition, upper: detail.value })}
          />
        )}
      </div>
    </FormField>
  );
}
