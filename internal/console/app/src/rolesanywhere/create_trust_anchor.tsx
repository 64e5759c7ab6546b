// "Creating a trust anchor and profile" (IAM Roles Anywhere User Guide).
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
import { AnchorFields, anchorFaults, type AnchorDraft } from "./anchor_fields";
import { anchorPage, everything, root, tagsOf } from "./resources";

const empty: AnchorDraft = { name: "", certificates: "" };

export default function CreateTrustAnchor() {
  const { notify } = useNotifications();
  const [draft, setDraft] = useState(empty);
  const [tags, setTags] = useState<TagValue[]>([]);
  const [checked, setChecked] = useState(false);
  const create = useAwsChange(() => rolesAnywhere.createTrustAnchor(draft.name, draft.certificates, tagsOf(tags)), everything);
  useUnsaved(draft !== empty);
  const submit = async () => {
    setChecked(true);
    if (anchorFaults(draft).length) return;
    const made = await create.mutateAsync();
    notify({ type: "success", header: `Trust anchor ${made.name} created.` });
    navigate(anchorPage(made.trustAnchorId));
  };
  return (
    <Page title="Create a trust anchor" breadcrumbs={[root]}>
      <Form
        actions={
          <Actions>
            <Button variant="link" onClick={() => leave(root[1])}>
              Cancel
            </Button>
            <Button variant="primary" loading={create.isPending} onClick={() => void submit().catch(() => {})}>
              Create a trust anchor
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Trust anchor</Header>}>
            <AnchorFields draft={draft} onChange={setDraft} checked={checked} />
          </Container>
          <Container header={<Header variant="h2">Tags - optional</Header>}>
            <TagFields tags={tags} onChange={setTags} />
          </Container>
          {create.error && <Failure error={create.error} />}
        </SpaceBetween>
      </Form>
    </Page>
  );
}
