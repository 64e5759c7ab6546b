// The filters of a scan or query.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { needsType, needsValue, noCondition, operators, type Faults, type Filter, type Operator } from "./search";
import { typeNames, types, type Type } from "./values";

interface FiltersProps {
  filters: Filter[];
  faults: Faults;
  onChange: (filters: Filter[]) => void;
}

const conditions = Object.entries(operators).map(([value, label]) => ({ value, label }));
const kinds = types.map((value) => ({ value, label: typeNames[value] }));
const booleans = ["true", "false"].map((value) => ({ value, label: value === "true" ? "True" : "False" }));
let last = 0;

export function Filters({ filters, faults, onChange }: FiltersProps) {
  const add = () => onChange([...filters, { ...noCondition, id: ++last, name: "", type: "S" }]);
  return (
    <ExpandableSection headerText={`Filters - optional${filters.length ? ` (${filters.length})` : ""}`} defaultExpanded={filters.length > 0}>
      <SpaceBetween size="s">
        <Box color="text-body-secondary" fontSize="body-s">
          Filters choose among the items that were read; what they leave out is paid for too. All of them must be met.
        </Box>
        {filters.map((f, i) => (
          <FilterFields
            key={f.id}
            filter={f}
            number={i + 1}
            fault={faults[`filter:${f.id}`]}
            onChange={(changed) => onChange(filters.map((other) => (other === f ? changed : other)))}
            onRemove={() => onChange(filters.filter((other) => other !== f))}
          />
        ))}
        <Button formAction="none" iconName="add-plus" onClick={add}>
          Add filter
        </Button>
      </SpaceBetween>
    </ExpandableSection>
  );
}

interface FilterFieldsProps {
  filter: Filter;
  number: number;
  fault: string | undefined;
  onChange: (filter: Filter) => void;
  onRemove: () => void;
}

function FilterFields({ filter: f, number, fault, onChange, onRemove }: FilterFieldsProps) {
  const set = (change: Partial<Filter>) => onChange({ ...f, ...change });
  const value = needsValue(f.operator) && (f.type !== "NULL" || f.operator.startsWith("size"));
  const hint =
    f.operator === "in" ? "Values are separated by commas." : f.type === "B" && value ? "Enter the value in base64." : undefined;
  return (
    <FormField errorText={fault} constraintText={hint} stretch>
      <div className="explore-filter" role="group" aria-label={`Filter ${number}`}>
        <FormField label="Attribute name">
          <Input value={f.name} placeholder="Name or path" onChange={({ detail }) => set({ name: detail.value })} />
        </FormField>
        <FormField label="Condition">
          <Select
            selectedOption={conditions.find((o) => o.value === f.operator)!}
            options={conditions}
            onChange={({ detail }) => set({ operator: detail.selectedOption.value as Operator })}
          />
        </FormField>
        <FormField label="Type">
          <Select
            selectedOption={kinds.find((o) => o.value === f.type)!}
            options={kinds}
            disabled={!needsType(f.operator)}
            onChange={({ detail }) => {
              const type = detail.selectedOption.value as Type;
              set({ type, text: type === "BOOL" ? "true" : f.type === "BOOL" ? "" : f.text });
            }}
          />
        </FormField>
        <FormField label="Value">
          {f.type === "BOOL" && value && !f.operator.startsWith("size") ? (
            <Select
              selectedOption={booleans.find((o) => o.value === f.text) ?? booleans[0]!}
              options={booleans}
              onChange={({ detail }) => set({ text: detail.selectedOption.value! })}
            />
          ) : (
            <Input
              value={value ? f.text : ""}
              disabled={!value}
              placeholder={value ? "Value" : "–"}
              onChange={({ detail }) => set({ text: detail.value })}
            />
          )}
        </FormField>
        {f.operator === "between" && (
          <FormField label="Upper end">
            <Input value={f.upper} onChange={({ detail }) => set({ upper: detail.value })} />
          </FormField>
        )}
        <div className="explore-remove">
          <Button formAction="none" ariaLabel={`Remove filter ${number}`} onClick={onRemove}>
            Remove
          </Button>
        </div>
      </div>
    </FormField>
  );
}
