// The form of a scan or query.
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { Filters } from "./filters";
import { KeyFields } from "./key_fields";
import type { Schema, Source } from "./schema";
import { sourceOf, type Faults, type Search } from "./search";

interface SearchFormProps {
  schema: Schema;
  search: Search;
  faults: Faults;
  onChange: (search: Search) => void;
  footer: ReactNode;
}

const title = (schema: Schema, s: Source) => (s.kind === "table" ? `Table - ${schema.table}` : `Index - ${s.name}`);

export function SearchForm({ schema, search, faults, onChange, footer }: SearchFormProps) {
  const source = sourceOf(schema, search);
  const set = (change: Partial<Search>) => onChange({ ...search, ...change });
  const sources = schema.sources.map((s) => ({
    value: s.name,
    label: title(schema, s),
    description: [...s.partition, ...s.sort].map((k) => `${k.name} (${k.type})`).join(", "),
  }));
  const projections = [
    { value: "all", label: source.kind === "table" ? "All attributes" : "All projected attributes" },
    ...(source.kind === "local" ? [{ value: "table", label: "All attributes, of the table" }] : []),
    { value: "specific", label: "Specific attributes" },
    { value: "count", label: "Count" },
  ];
  return (
    <Container header={<Header variant="h2">Scan or query items</Header>} footer={footer}>
      <SpaceBetween size="l">
        <SegmentedControl
          label="Operation"
          selectedId={search.kind}
          options={[
            { id: "Scan", text: "Scan" },
            { id: "Query", text: "Query" },
          ]}
          onChange={({ detail }) => set({ kind: detail.selectedId as Search["kind"] })}
        />
        <ColumnLayout columns={2}>
          <FormField label="Table or index" description={`What to ${search.kind.toLowerCase()}`}>
            <Select
              selectedOption={sources.find((s) => s.value === source.name)!}
              options={sources}
              onChange={({ detail }) => set({ index: detail.selectedOption.value!, projection: "all", keys: {} })}
            />
          </FormField>
          <FormField label="Attribute projection" description="What to return of each item">
            <Select
              selectedOption={projections.find((p) => p.value === search.projection)!}
              options={projections}
              onChange={({ detail }) => set({ projection: detail.selectedOption.value as Search["projection"] })}
            />
          </FormField>
        </ColumnLayout>
        {search.projection === "specific" && (
          <FormField
            label="Attributes to project"
            errorText={faults.attributes}
            constraintText="Names or paths separated by commas, such as name, address.street, tags[0]."
          >
            <Input value={search.attributes} onChange={({ detail }) => set({ attributes: detail.value })} />
          </FormField>
        )}
        {search.kind === "Query" && <KeyFields source={source} search={search} faults={faults} set={set} />}
        <Filters filters={search.filters} faults={faults} onChange={(filters) => set({ filters })} />
        <Checkbox
          checked={search.consistent && source.kind !== "global"}
          disabled={source.kind === "global"}
          description={
            source.kind === "global"
              ? "Global secondary indexes have eventually consistent reads only."
              : "All writes that succeeded before are seen; it takes twice the capacity."
          }
          onChange={({ detail }) => set({ consistent: detail.checked })}
        >
          Strongly consistent read
        </Checkbox>
      </SpaceBetween>
    </Container>
  );
}
