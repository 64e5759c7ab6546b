import Checkbox from "@cloudscape-design/components/checkbox";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import Table from "@cloudscape-design/components/table";
import type { ColumnMapping } from "./mapping";
import type { FileContent } from "./read_file";
import type { Schema } from "./schema";
import { typeNames, types, type Type } from "./values";

interface MappingTableProps {
  schema: Schema;
  content: FileContent & { format: "csv" };
  mapping: ColumnMapping[];
  onChange: (mapping: ColumnMapping[]) => void;
}

const options = types.map((value) => ({ value, label: typeNames[value] }));

/** Which attribute of which type each column becomes. */
export function MappingTable({ schema, content, mapping, onChange }: MappingTableProps) {
  const set = (m: ColumnMapping, change: Partial<ColumnMapping>) => onChange(mapping.map((other) => (other === m ? { ...m, ...change } : other)));
  const isKey = (m: ColumnMapping) => schema.key.some((k) => k.name === m.name);
  return (
    <Table
      items={mapping}
      header={
        <Header
          variant="h2"
          counter={`(${mapping.length})`}
          description="Sets are arrays of JSON, lists and maps as in DynamoDB JSON, binary values base64. Empty cells are left out."
        >
          Columns
        </Header>
      }
      ariaLabels={{ tableLabel: "Columns" }}
      columnDefinitions={[
        {
          id: "column",
          header: "Column",
          isRowHeader: true,
          cell: (m) => (
            <Checkbox checked={m.name !== ""} onChange={({ detail }) => set(m, { name: detail.checked ? m.column : "" })}>
              {m.column || "(no name)"}
            </Checkbox>
          ),
        },
        {
          id: "name",
          header: "Attribute",
          cell: (m) => (
            <Input ariaLabel={`Attribute for ${m.column}`} value={m.name} placeholder="Left out" onChange={({ detail }) => set(m, { name: detail.value })} />
          ),
        },
        {
          id: "type",
          header: "Type",
          cell: (m) => (
            <Select
              ariaLabel={`Type of ${m.column}`}
              selectedOption={options.find((o) => o.value === m.type)!}
              options={options}
              disabled={m.name === "" || (isKey(m) && m.type === schema.key.find((k) => k.name === m.name)!.type)}
              onChange={({ detail }) => set(m, { type: detail.selectedOption.value as Type })}
            />
          ),
        },
        { id: "example", header: "First value", cell: (m) => content.rows[0]?.[mapping.indexOf(m)]?.slice(0, 60) },
      ]}
    />
  );
}
