import type { ScalarAttributeType } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { typeNames } from "./describe";
import { noKey, type KeyDraft } from "./draft";

const options = Object.entries(typeNames).map(([value, label]) => ({ value, label }));

/** The most attributes that a partition key or sort key of a global index can have (Amazon DynamoDB Developer Guide). */
const mostAttributes = 4;

interface KeyFieldProps {
  label: string;
  optional?: boolean;
  description?: string;
  error?: string;
  value: KeyDraft;
  onChange?: (key: KeyDraft) => void;
}

/** An attribute of a key: its name and its type. Without onChange it is shown only. */
export function KeyField({ label, optional, description, error, value, onChange }: KeyFieldProps) {
  return (
    <FormField
      stretch
      label={
        <>
          {label} {optional && <i>– optional</i>}
        </>
      }
      description={description}
      errorText={error}
      constraintText="1 to 255 characters and case sensitive."
    >
      <Grid gridDefinition={[{ colspan: { default: 12, xs: 8 } }, { colspan: { default: 12, xs: 4 } }]}>
        <Input
          value={value.name}
          disabled={!onChange}
          ariaLabel={label}
          invalid={!!error}
          placeholder={`Enter the ${label.toLowerCase()} name`}
          onChange={({ detail }) => onChange?.({ ...value, name: detail.value })}
        />
        <Select
          ariaLabel={`Type of the ${label.toLowerCase()}`}
          disabled={!onChange}
          options={options}
          selectedOption={options.find((o) => o.value === value.type)!}
          invalid={false}
          onChange={({ detail }) => onChange?.({ ...value, type: detail.selectedOption.value as ScalarAttributeType })}
        />
      </Grid>
    </FormField>
  );
}

interface KeyFieldsProps {
  label: string;
  optional?: boolean;
  error?: string;
  value: KeyDraft[];
  onChange: (keys: KeyDraft[]) => void;
}

/** The attributes of a key of a global index, of which there may be several. */
export function KeyFields({ label, optional, error, value, onChange }: KeyFieldsProps) {
  return (
    <SpaceBetween size="s">
      {value.map((key, i) => (
        <KeyField
          key={i}
          label={i ? `${label} attribute ${i + 1}` : label}
          optional={optional && i === 0}
          error={key.name ? undefined : error}
          value={key}
          onChange={(changed) => onChange(value.with(i, changed))}
        />
      ))}
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          formAction="none"
          disabled={value.length >= mostAttributes || !value[0]?.name}
          ariaLabel={`Add attribute to the ${label.toLowerCase()}`}
          onClick={() => onChange([...value, noKey])}
        >
          Add attribute
        </Button>
        {value.length > 1 && (
          <Button
            formAction="none"
            ariaLabel={`Remove the last attribute of the ${label.toLowerCase()}`}
            onClick={() => onChange(value.slice(0, -1))}
          >
            Remove attribute
          </Button>
        )}
      </SpaceBetween>
    </SpaceBetween>
  );
}
