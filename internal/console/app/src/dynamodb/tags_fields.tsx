import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";
import { repeated, type TagDraft } from "./draft";

/** The most tags that a table can have (Amazon DynamoDB Developer Guide). */
const most = 50;

interface TagsFieldsProps {
  value: TagDraft[];
  error?: string;
  onChange: (tags: TagDraft[]) => void;
}

export function TagsFields({ value, error, onChange }: TagsFieldsProps) {
  const field = (name: "Key" | "Value", label: string, optional?: string) => ({
    label: (
      <>
        {label} {optional && <i>– {optional}</i>}
      </>
    ),
    errorText: name === "Key" ? (tag: TagDraft, i: number) => (tag.Key ? repeated(value, i) && "Each key can be there once." : error) : undefined,
    control: (tag: TagDraft, i: number) => (
      <Input
        ariaLabel={`${label} of tag ${i + 1}`}
        value={tag[name]}
        placeholder={`Enter ${label.toLowerCase()}`}
        onChange={({ detail }) => onChange(value.with(i, { ...tag, [name]: detail.value }))}
      />
    ),
  });
  return (
    <AttributeEditor
      items={value}
      definition={[field("Key", "Key"), field("Value", "Value", "optional")]}
      addButtonText="Add new tag"
      removeButtonText="Remove"
      removeButtonAriaLabel={(tag) => `Remove tag ${tag.Key}`}
      disableAddButton={value.length >= most}
      additionalInfo={`You can add ${most - value.length} more tags.`}
      empty="No tags are associated with the table."
      onAddButtonClick={() => onChange([...value, { Key: "", Value: "" }])}
      onRemoveButtonClick={({ detail }) => onChange(value.filter((_, i) => i !== detail.itemIndex))}
    />
  );
}
