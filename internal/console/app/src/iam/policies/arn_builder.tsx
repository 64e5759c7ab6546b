import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { currentRegion } from "../../aws/credentials";
import { FormModal } from "../../parts/form_modal";
import { usePrincipal } from "../../session/session";

interface ARNBuilderProps {
  /** A type of resource; "" for an ARN written by hand. */
  type: string;
  /** The ARN with ${Variables}. */
  format: string;
  onAdd: (arn: string) => void;
  onClose: () => void;
}

/** Makes an ARN of its parts. The text can also be pasted: the parts follow it. */
export function ARNBuilder({ type, format, onAdd, onClose }: ARNBuilderProps) {
  const account = usePrincipal().Account;
  const [arn, setArn] = useState(() => fill(format, { Region: currentRegion(), Account: account }));
  const names = variables(format);
  const values = parts(format, arn);
  const set = (name: string, value: string) => setArn(fill(format, { ...values, [name]: value }));
  return (
    <FormModal
      title={type ? `Add ARN of ${/^[aeiou]/.test(type) ? "an" : "a"} ${type}` : "Add an ARN"}
      verb="Add ARNs"
      ready={!!arn.trim() && names.every((n) => !values || !!values[n])}
      onSubmit={async () => onAdd(arn.trim())}
      onClose={onClose}
    >
      {values &&
        names.map((name) => (
          <FormField
            key={name}
            label={`Resource ${words(name)}`}
            secondaryControl={
              <Checkbox checked={values[name] === "*"} onChange={({ detail }) => set(name, detail.checked ? "*" : "")}>
                Any {words(name)}
              </Checkbox>
            }
          >
            <Input
              value={values[name] ?? ""}
              disabled={values[name] === "*"}
              placeholder={`Enter ${words(name)}`}
              onChange={({ detail }) => set(name, detail.value)}
            />
          </FormField>
        ))}
      <FormField
        label="Resource ARN"
        description={names.length ? "Made of what is above, or pasted. Wildcards (* and ?) are allowed." : "Wildcards (* and ?) are allowed."}
      >
        <Input value={arn} placeholder="arn:aws:…" onChange={({ detail }) => setArn(detail.value)} />
      </FormField>
    </FormModal>
  );
}

const variable = /\$\{(\w+)\}/g;
const variables = (format: string) => [...format.matchAll(variable)].map((m) => m[1]!);
const fill = (format: string, values: Record<string, string | undefined> | undefined) =>
  format.replace(variable, (_, name: string) => values?.[name] ?? "");

/** What an ARN has in the places of the variables; undefined if it is of another form. */
function parts(format: string, arn: string): Record<string, string> | undefined {
  const names = variables(format);
  const pattern = format.split(variable).map((text, i) => {
    if (i % 2 === 0) return text.replace(/[.*+?^$()|[\]\\/]/g, "\\$&");
    // Names with paths have slashes, other parts don't.
    return text.endsWith("WithPath") || text.endsWith("ProviderName") ? "(.*)" : "([^:/]*)";
  });
  const match = new RegExp(`^${pattern.join("")}$`).exec(arn.trim());
  return match ? Object.fromEntries(names.map((n, i) => [n, match[i + 1]!])) : undefined;
}

/** TableName -> table name */
const words = (name: string) => name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
