import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { rolesAnywhere, type TrustAnchor } from "../aws/rolesanywhere";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { Copy } from "../parts/copy";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { SectionTabs } from "../parts/section_tabs";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { AnchorFields, anchorFaults } from "./anchor_fields";
import { anchors, everything, Manage, root, Status, Tags } from "./resources";
import { RevocationLists } from "./revocation_lists";

export default function TrustAnchorPage() {
  const { anchor: id } = useParams<{ anchor: string }>();
  const query = useAws(["rolesanywhere", "GetTrustAnchor", id], () => rolesAnywhere.trustAnchor(id));
  const [editing, setEditing] = useState(false);
  const anchor = query.data;
  return (
    <Page
      title={anchor?.name ?? "Trust anchor"}
      breadcrumbs={[root]}
      actions={
        <Actions>
          <Button disabled={!anchor} onClick={() => setEditing(true)}>
            Edit
          </Button>
          <Manage kind={anchors} of={anchor && { ...anchor, id }} onDeleted={() => navigate(root[1])} />
        </Actions>
      }
    >
      <Loaded query={query}>{(anchor) => <Details anchor={anchor} />}</Loaded>
      {editing && anchor && <Edit anchor={anchor} onClose={() => setEditing(false)} />}
    </Page>
  );
}

const certificatesOf = (anchor: TrustAnchor) => anchor.source.sourceData.x509CertificateData ?? "";

function Details({ anchor }: { anchor: TrustAnchor }) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Trust anchor details</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={180}
          items={[
            { label: "Status", value: <Status of={anchor} /> },
            { label: "Source", value: "External certificate bundle" },
            { label: "Created", value: <Time at={new Date(anchor.createdAt)} /> },
            { label: "Last updated", value: <Time at={new Date(anchor.updatedAt)} /> },
            { label: "ARN", value: <Copy text={anchor.trustAnchorArn} /> },
          ]}
        />
      </Container>
      <SectionTabs
        label={`Trust anchor ${anchor.name}`}
        tabs={[
          {
            id: "certificates",
            label: "Certificate bundle",
            content: <CodeEditor label="Certificate bundle" language="text" value={certificatesOf(anchor)} />,
          },
          { id: "crls", label: "Certificate revocation lists", content: <RevocationLists anchor={anchor.trustAnchorArn} /> },
          { id: "tags", label: "Tags", content: <Tags arn={anchor.trustAnchorArn} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Edit({ anchor, onClose }: { anchor: TrustAnchor; onClose: () => void }) {
  const { notify } = useNotifications();
  const [draft, setDraft] = useState({ name: anchor.name, certificates: certificatesOf(anchor) });
  const save = useAwsChange(() => rolesAnywhere.updateTrustAnchor(anchor.trustAnchorId, draft.name, draft.certificates), everything);
  return (
    <FormModal
      title="Edit trust anchor"
      size="large"
      verb="Save changes"
      ready={!anchorFaults(draft).length}
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync();
        notify({ type: "success", header: `Trust anchor ${draft.name} saved.` });
      }}
    >
      <AnchorFields draft={draft} onChange={setDraft} checked />
    </FormModal>
  );
}
