import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";

interface NamesFieldProps {
  label: string;
  error?: string;
  value: string[];
  onChange: (names: string[]) => void;
}

/** A set of names of attributes, added one by one. */
export function NamesField({ label, error, value, onChange }: NamesFieldProps) {
  const [name, setName] = useState("");
  const add = () => {
    if (name && !value.includes(name)) onChange([...value, name]);
    setName("");
  };
  return (
    <SpaceBetween size="xs">
      <FormField
        label={label}
        errorText={error}
        secondaryControl={
          <Button formAction="none" onClick={add}>
            Add
          </Button>
        }
      >
        <Input
          value={name}
          onChange={({ detail }) => setName(detail.value)}
          onKeyDown={(e) => {
            if (e.detail.key !== "Enter") return;
            e.preventDefault();
            add();
          }}
        />
      </FormField>
      <TokenGroup
        items={value.map((label) => ({ label, dismissLabel: `Remove ${label}` }))}
        onDismiss={({ detail }) => onChange(value.filter((_, i) => i !== detail.itemIndex))}
      />
    </SpaceBetween>
  );
}
