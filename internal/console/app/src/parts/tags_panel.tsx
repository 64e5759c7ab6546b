import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { FormModal } from "./form_modal";
import { ResourceTable, type Loading } from "./resource_table";
import { TagFields, type TagValue } from "./tag_fields";
import { useNotifications } from "../shell/notifications";

interface Tag {
  Key?: string;
  Value?: string;
}

interface TagsPanelProps {
  /** Whose keys of queries are loaded anew after a change: "iam". */
  service: string;
  tags: Loading<Tag>;
  tag: (tags: TagValue[]) => Promise<unknown>;
  untag: (keys: string[]) => Promise<unknown>;
}

/** The tags of a user, a role, a policy…, and their change. */
export function TagsPanel(props: TagsPanelProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <ResourceTable
        name={`${props.service}.tags`}
        nouns={["tag", "tags"]}
        description="Tags are key-value pairs you can add to resources to help identify, organize, or search for them."
        query={props.tags}
        id={(t) => t.Key!}
        columns={[
          { id: "key", header: "Key", value: (t) => t.Key, cell: (t) => t.Key, isRowHeader: true },
          { id: "value", header: "Value", value: (t) => t.Value, cell: (t) => t.Value || "–" },
        ]}
        actions={() => <Button onClick={() => setOpen(true)}>Manage tags</Button>}
      />
      {open && props.tags.data && <ManageTags {...props} before={props.tags.data} onClose={() => setOpen(false)} />}
    </>
  );
}

function ManageTags({ service, before, tag, untag, onClose }: TagsPanelProps & { before: Tag[]; onClose: () => void }) {
  const { notify } = useNotifications();
  const [tags, setTags] = useState<TagValue[]>(before.map((t) => ({ Key: t.Key!, Value: t.Value! })));
  const save = useAwsChange(async () => {
    const gone = before.map((t) => t.Key!).filter((key) => !tags.some((t) => t.Key === key));
    const changed = tags.filter((t) => !before.some((b) => b.Key === t.Key && b.Value === t.Value));
    if (gone.length) await untag(gone);
    if (changed.length) await tag(changed);
  }, [[service]]);
  return (
    <FormModal
      title="Manage tags"
      size="large"
      tables
      verb="Save changes"
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync();
        notify({ type: "success", header: "Tags updated." });
      }}
    >
      <TagFields tags={tags} onChange={setTags} />
    </FormModal>
  );
}
