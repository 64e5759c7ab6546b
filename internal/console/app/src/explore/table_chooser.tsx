import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { explain } from "../aws/errors";
import { useTableNames } from "./tables";

export function TableChooser({ table, onChange }: { table: string; onChange: (table: string) => void }) {
  const names = useTableNames();
  return (
    <FormField label="Table" errorText={names.error && `The list of tables can't be loaded. ${explain(names.error).text}`}>
      <Select
        selectedOption={table ? { value: table } : null}
        options={(names.data ?? []).map((value) => ({ value }))}
        statusType={names.isPending ? "loading" : names.error ? "error" : "finished"}
        loadingText="Loading tables"
        empty="No tables"
        placeholder="Choose a table"
        filteringType="auto"
        filteringAriaLabel="Find tables"
        filteringPlaceholder="Find tables"
        virtualScroll
        onChange={({ detail }) => onChange(detail.selectedOption.value!)}
      />
    </FormField>
  );
}
