import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useAwsChange } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { DeleteModal } from "../../parts/delete_modal";
import { FormModal } from "../../parts/form_modal";
import { ResourceTable, type Loading } from "../../parts/resource_table";
import { useNotifications } from "../../shell/notifications";

interface TextListProps {
  nouns: [one: string, many: string];
  description: string;
  texts: string[];
  onAdd: (text: string) => Promise<unknown>;
  onRemove: (text: string) => Promise<unknown>;
  /** What the texts are from. */
  query: Omit<Loading<unknown>, "data">;
}

/** A list of texts to which others can be added. */
export function TextList({ nouns, description, texts, onAdd, onRemove, query }: TextListProps) {
  const { notify } = useNotifications();
  const [one, many] = nouns;
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<string>();
  const [text, setText] = useState("");
  const add = useAwsChange(onAdd, [["iam"]]);
  const remove = useAwsChange(onRemove, [["iam"]]);
  return (
    <>
      <ResourceTable
        name={`iam.providers.${many}`}
        nouns={nouns}
        description={description}
        query={{ ...query, data: texts }}
        id={(t) => t}
        columns={[{ id: "text", header: one, value: (t) => t, cell: (t) => t, isRowHeader: true }]}
        selection="single"
        actions={([chosen]) => (
          <Actions>
            <Button disabled={!chosen} onClick={() => setRemoving(chosen)}>
              Remove
            </Button>
            <Button
              onClick={() => {
                setText("");
                setAdding(true);
              }}
            >
              Add {one}
            </Button>
          </Actions>
        )}
      />
      {adding && (
        <FormModal
          title={`Add ${one}`}
          verb={`Add ${one}`}
          ready={text.trim() !== ""}
          onClose={() => setAdding(false)}
          onSubmit={async () => {
            await add.mutateAsync(text.trim());
            notify({ type: "success", header: `Added ${one} ${text.trim()}.` });
          }}
        >
          <FormField label={`New ${one}`}>
            <Input value={text} autoFocus onChange={({ detail }) => setText(detail.value)} />
          </FormField>
        </FormModal>
      )}
      {removing !== undefined && (
        <DeleteModal
          title={`Remove ${one}?`}
          verb="Remove"
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            await remove.mutateAsync(removing);
            notify({ type: "success", header: `Removed ${one} ${removing}.` });
          }}
        >
          Tokens that need <b>{removing}</b> are no longer accepted.
        </DeleteModal>
      )}
    </>
  );
}
