import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";

export interface TagValue {
  Key: string;
  Value: string;
}

interface TagFieldsProps {
  tags: TagValue[];
  onChange: (tags: TagValue[]) => void;
}

/** Edits the tags of something. The server says which keys and values there can be, and how many. */
export function TagFields({ tags, onChange }: TagFieldsProps) {
  const change = (index: number, tag: Partial<TagValue>) =>
    onChange(tags.map((t, i) => (i === index ? { ...t, ...tag } : t)));
  return (
    <AttributeEditor
      items={tags}
      empty="No tags associated with the resource."
      addButtonText="Add new tag"
      removeButtonText="Remove"
      removeButtonAriaLabel={(t) => `Remove tag ${t.Key}`}
      disableAddButton={tags.length >= 50}
      additionalInfo={`You can add up to ${50 - tags.length} more tags.`}
      onAddButtonClick={() => onChange([...tags, { Key: "", Value: "" }])}
      onRemoveButtonClick={({ detail }) => onChange(tags.filter((_, i) => i !== detail.itemIndex))}
      definition={[
        {
          label: "Key",
          errorText: (t, i) => tags.findIndex((other) => other.Key === t.Key) < i && t.Key && "Each key can be there once.",
          control: (t, i) => <Input value={t.Key} placeholder="Enter key" onChange={({ detail }) => change(i, { Key: detail.value })} />,
        },
        {
          label: "Value - optional",
          control: (t, i) => (
            <Input value={t.Value} placeholder="Enter value" onChange={({ detail }) => change(i, { Value: detail.value })} />
          ),
        },
      ]}
    />
  );
}
