import { TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-dynamodb";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { useNotifications } from "../shell/notifications";
import { faultyTags, type TagDraft } from "./draft";
import { useTags } from "./load";
import { TagsFields } from "./tags_fields";

/** The tags of a table, to be changed. */
export function ManageTags({ arn, onClose }: { arn: string; onClose: () => void }) {
  const tags = useTags(arn);
  const { notify } = useNotifications();
  const [draft, setDraft] = useState<TagDraft[]>();
  const save = useAwsChange(() => change(arn, tags.data ?? [], draft ?? []), [["dynamodb"]]);
  const faulty = draft && faultyTags(draft);
  const submit = async () => {
    await save.mutateAsync();
    notify({ type: "success", header: "The tags were saved." });
  };
  return (
    <FormModal title="Manage tags" verb="Save changes" size="large" ready={!!draft && !faulty} onSubmit={submit} onClose={onClose}>
      <Loaded query={tags}>
        {(own) => <TagsFields value={draft ?? own} error="Each tag needs a key." onChange={setDraft} />}
      </Loaded>
    </FormModal>
  );
}

async function change(ResourceArn: string, before: TagDraft[], after: TagDraft[]) {
  const gone = before.filter((b) => !after.some((a) => a.Key === b.Key)).map((t) => t.Key);
  const set = after.filter((a) => !before.some((b) => a.Key === b.Key && a.Value === b.Value));
  if (gone.length) await dynamodb().send(new UntagResourceCommand({ ResourceArn, TagKeys: gone }));
  if (set.length) await dynamodb().send(new TagResourceCommand({ ResourceArn, Tags: set }));
}
