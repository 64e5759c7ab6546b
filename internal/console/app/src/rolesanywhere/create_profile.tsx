import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { rolesAnywhere } from "../aws/rolesanywhere";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { TagFields, type TagValue } from "../parts/tag_fields";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { leave, useUnsaved } from "../shell/unsaved";
import { complete, emptyProfile, settingsOf } from "./profile_draft";
import { ProfileFields } from "./profile_fields";
import { everything, profilePage, root, tagsOf } from "./resources";

const list = "/console/rolesanywhere/profiles";

export default function CreateProfile() {
  const { notify } = useNotifications();
  const [draft, setDraft] = useState(emptyProfile);
  const [tags, setTags] = useState<TagValue[]>([]);
  const [checked, setChecked] = useState(false);
  const create = useAwsChange(() => rolesAnywhere.createProfile(settingsOf(draft), tagsOf(tags)), everything);
  useUnsaved(draft !== emptyProfile);
  const submit = async () => {
    setChecked(true);
    if (!complete(draft, "")) return;
    const made = await create.mutateAsync();
    notify({ type: "success", header: `Profile ${made.name} created.` });
    navigate(profilePage(made.profileId));
  };
  return (
    <Page title="Create a profile" breadcrumbs={[root, ["Profiles", list]]}>
      <Form
        actions={
          <Actions>
            <Button variant="link" onClick={() => leave(list)}>
              Cancel
            </Button>
            <Button variant="primary" loading={create.isPending} onClick={() => void submit().catch(() => {})}>
              Create a profile
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <ProfileFields draft={draft} onChange={setDraft} checked={checked} />
          <Container header={<Header variant="h2">Tags - optional</Header>}>
            <TagFields tags={tags} onChange={setTags} />
          </Container>
          {create.error && <Failure error={create.error} />}
        </SpaceBetween>
      </Form>
    </Page>
  );
}
