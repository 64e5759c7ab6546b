import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { nameHint, type Faults, type TableDraft } from "./draft";
import { KeyField } from "./key_field";

interface TableKeyFieldsProps {
  draft: TableDraft;
  faults: Faults;
  change: (part: Partial<TableDraft>) => void;
}

/** The name and the key of a new table. */
export function TableKeyFields({ draft, faults, change }: TableKeyFieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField label="Table name" description="This will be used to identify your table." constraintText={nameHint} errorText={faults.name}>
        <Input value={draft.name} placeholder="Enter name for table" onChange={({ detail }) => change({ name: detail.value })} />
      </FormField>
      <KeyField
        label="Partition key"
        description="The partition key is part of the table's primary key. It is a hash value that is used to retrieve items from your table and allocate data across hosts."
        error={faults.partition}
        value={draft.partition}
        onChange={(partition) => change({ partition })}
      />
      <KeyField
        label="Sort key"
        optional
        description="You can use a sort key as the second part of a table's primary key. It allows you to sort or search among all items sharing the same partition key."
        error={faults.sort}
        value={draft.sort}
        onChange={(sort) => change({ sort })}
      />
    </SpaceBetween>
  );
}
