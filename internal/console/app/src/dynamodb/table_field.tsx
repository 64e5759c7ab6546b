import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { explain } from "../aws/errors";
import { useTables } from "./load";

interface TableFieldProps {
  label: string;
  description?: string;
  error?: string;
  value: string;
  /** Without it the table is shown only. */
  onChange?: (table: string) => void;
}

/** Chooses one of the tables of the account and Region. */
export function TableField({ label, description, error, value, onChange }: TableFieldProps) {
  const tables = useTables();
  return (
    <FormField label={label} description={description} errorText={error}>
      {onChange ? (
        <Select
          filteringType="auto"
          selectedOption={value ? { value } : null}
          options={tables.data?.map((t) => ({ value: t.TableName }))}
          placeholder="Choose a table"
          empty="No tables"
          statusType={tables.isPending ? "loading" : tables.error ? "error" : "finished"}
          loadingText="Loading tables"
          errorText={tables.error ? explain(tables.error).title : undefined}
          onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
        />
      ) : (
        <Input value={value} disabled />
      )}
    </FormField>
  );
}
