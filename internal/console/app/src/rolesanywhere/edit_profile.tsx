import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { rolesAnywhere, type Profile } from "../aws/rolesanywhere";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { leave, useUnsaved } from "../shell/unsaved";
import { complete, draftOf, settingsOf } from "./profile_draft";
import { ProfileFields } from "./profile_fields";
import { everything, profilePage, root, useProfile } from "./resources";

export default function EditProfile() {
  const { profile: id } = useParams<{ profile: string }>();
  const query = useProfile(id);
  return (
    <Page
      title="Edit profile"
      breadcrumbs={[root, ["Profiles", "/console/rolesanywhere/profiles"], [query.data?.name ?? "Profile", profilePage(id)]]}
    >
      <Loaded query={query}>{(profile) => <Fields profile={profile} />}</Loaded>
    </Page>
  );
}

function Fields({ profile }: { profile: Profile }) {
  const { notify } = useNotifications();
  const [initial] = useState(() => draftOf(profile));
  const [draft, setDraft] = useState(initial);
  const [checked, setChecked] = useState(false);
  const page = profilePage(profile.profileId);
  const save = useAwsChange(() => rolesAnywhere.updateProfile(profile.profileId, settingsOf(draft)), everything);
  useUnsaved(draft !== initial);
  const submit = async () => {
    setChecked(true);
    if (!complete(draft, initial.inline)) return;
    await save.mutateAsync();
    notify({ type: "success", header: `Profile ${draft.name} saved.` });
    navigate(page);
  };
  return (
    <Form
      actions={
        <Actions>
          <Button variant="link" onClick={() => leave(page)}>
            Cancel
          </Button>
          <Button variant="primary" loading={save.isPending} onClick={() => void submit().catch(() => {})}>
            Save changes
          </Button>
        </Actions>
      }
    >
      <SpaceBetween size="l">
        <ProfileFields draft={draft} onChange={setDraft} before={initial.inline} checked={checked} />
        {save.error && <Failure error={save.error} />}
      </SpaceBetween>
    </Form>
  );
}
