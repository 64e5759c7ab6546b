import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { FieldsProps } from "./change_source";
import { attributeNames } from "./source_draft";

const matches = [
  { value: "UserName", label: "Username" },
  { value: "Email", label: "Email address" },
] as const;

/** How people and groups of the source become those of the directory. */
export function MappingFields({ value, onChange }: FieldsProps) {
  return (
    <Container header={<Header variant="h2">Users and groups</Header>}>
      <SpaceBetween size="l">
        <Checkbox
          checked={value.createUsers}
          description="Otherwise only those can sign in whom you, or SCIM, have made here."
          onChange={({ detail }) => onChange({ createUsers: detail.checked })}
        >
          Create users when they sign in for the first time
        </Checkbox>
        <Checkbox checked={value.createGroups} onChange={({ detail }) => onChange({ createGroups: detail.checked })}>
          Create groups of the source that are not here
        </Checkbox>
        <FormField label="Find users who are here already by">
          <Select
            selectedOption={matches.find((m) => m.value === value.matchBy)!}
            options={matches}
            onChange={({ detail }) => onChange({ matchBy: detail.selectedOption.value as "UserName" | "Email" })}
          />
        </FormField>
        {value.type !== "LDAP" && (
          <FormField label="Group attribute - optional" description="The attribute or claim that says which groups somebody is in.">
            <Input value={value.groupAttribute} autoComplete={false} placeholder="groups" onChange={({ detail }) => onChange({ groupAttribute: detail.value })} />
          </FormField>
        )}
        <ExpandableSection headerText="Attribute mappings">
          <Pairs
            pairs={value.attributes}
            labels={["Attribute here", "Attribute of the source"]}
            choices={attributeNames}
            onChange={(attributes) => onChange({ attributes })}
          />
        </ExpandableSection>
        <ExpandableSection headerText="Group mappings" headerDescription="If there are any, no other groups count.">
          <Pairs pairs={value.groups} labels={["Group of the source", "Group here"]} onChange={(groups) => onChange({ groups })} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

interface PairsProps {
  pairs: [string, string][];
  labels: [string, string];
  /** What the first can be. */
  choices?: string[];
  onChange: (pairs: [string, string][]) => void;
}

function Pairs({ pairs, labels, choices, onChange }: PairsProps) {
  const change = (index: number, at: 0 | 1, text: string) =>
    onChange(pairs.map((pair, i): [string, string] => (i !== index ? pair : at === 0 ? [text, pair[1]] : [pair[0], text])));
  return (
    <AttributeEditor
      items={pairs}
      empty="No mappings: the usual names are looked for."
      addButtonText="Add mapping"
      removeButtonText="Remove"
      removeButtonAriaLabel={([a]) => `Remove mapping ${a}`}
      onAddButtonClick={() => onChange([...pairs, ["", ""]])}
      onRemoveButtonClick={({ detail }) => onChange(pairs.filter((_, i) => i !== detail.itemIndex))}
      definition={[
        {
          label: labels[0],
          control: ([a], i) =>
            choices ? (
              <Select
                selectedOption={a ? { value: a } : null}
                placeholder="Choose an attribute"
                options={choices.map((value) => ({ value }))}
                onChange={({ detail }) => change(i, 0, detail.selectedOption.value!)}
              />
            ) : (
              <Input value={a} autoComplete={false} onChange={({ detail }) => change(i, 0, detail.value)} />
            ),
        },
        {
          label: labels[1],
          control: ([, b], i) => <Input value={b} autoComplete={false} onChange={({ detail }) => change(i, 1, detail.value)} />,
        },
      ]}
    />
  );
}
