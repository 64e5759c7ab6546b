import { GetRoleCommand, paginateListRoleTags, TagRoleCommand, UntagRoleCommand, type Role } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams } from "../../shell/params";
import { iam } from "../../aws/iam";
import { all, useAws } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { CodeEditor } from "../../parts/code_editor";
import { Copy } from "../../parts/copy";
import { Loaded } from "../../parts/loaded";
import { Time } from "../../parts/time";
import { navigate } from "../../shell/links";
import { Page } from "../../shell/page";
import { AttachedPolicies } from "../attached_policies";
import { LastAccessed } from "../last_accessed";
import { principalPage } from "../permissions";
import { PermissionsBoundary } from "../permissions_boundary";
import { prettyText } from "../policies/document";
import { SectionTabs } from "../../parts/section_tabs";
import { TagsPanel } from "../../parts/tags_panel";
import { DeleteRole } from "./delete_role";
import { durationText } from "./durations";
import { EditRole } from "./edit_role";
import { RevokeSessions } from "./revoke_sessions";
import { switchRoleLink } from "./switch_role_link";

export const useRole = (RoleName: string) =>
  useAws(["iam", "GetRole", RoleName], async () => (await iam().send(new GetRoleCommand({ RoleName }))).Role!);

export default function RolePage() {
  const { role: name } = useParams<{ role: string }>();
  const role = useRole(name);
  const [deleting, setDeleting] = useState(false);
  return (
    <Page
      title={name}
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Roles", "/console/iam/roles"],
      ]}
      description={role.data?.Description}
      actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}
    >
      <Loaded query={role}>{(role) => <Details role={role} />}</Loaded>
      {deleting && (
        <DeleteRole name={name} onDeleted={() => navigate("/console/iam/roles")} onClose={() => setDeleting(false)} />
      )}
    </Page>
  );
}

function Details({ role }: { role: Role }) {
  const name = role.RoleName!;
  const of = { kind: "role", name } as const;
  const tags = useAws(["iam", "ListRoleTags", name], () =>
    all(paginateListRoleTags({ client: iam() }, { RoleName: name }), (p) => p.Tags),
  );
  return (
    <SpaceBetween size="l">
      <Summary role={role} />
      <SectionTabs
        label={`Role ${name}`}
        tabs={[
          {
            id: "permissions",
            label: "Permissions",
            content: (
              <SpaceBetween size="l">
                <AttachedPolicies of={of} />
                <PermissionsBoundary of={of} boundary={role.PermissionsBoundary?.PermissionsBoundaryArn} />
              </SpaceBetween>
            ),
          },
          { id: "trust_relationships", label: "Trust relationships", content: <Trust role={role} /> },
          {
            id: "tags",
            label: "Tags",
            content: (
              <TagsPanel
                service="iam"
                tags={tags}
                tag={(Tags) => iam().send(new TagRoleCommand({ RoleName: name, Tags }))}
                untag={(TagKeys) => iam().send(new UntagRoleCommand({ RoleName: name, TagKeys }))}
              />
            ),
          },
          { id: "access_advisor", label: "Last Accessed", content: <LastAccessed of={role.Arn!} /> },
          { id: "revoke_sessions", label: "Revoke sessions", content: <RevokeSessions role={name} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Summary({ role }: { role: Role }) {
  const [editing, setEditing] = useState(false);
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
          Summary
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        minColumnWidth={180}
        items={[
          { label: "Creation date", value: <Time at={role.CreateDate} /> },
          { label: "ARN", value: <Copy text={role.Arn!} /> },
          { label: "Link to switch roles in console", value: <Copy text={switchRoleLink(role.Arn!)} /> },
          { label: "Last activity", value: role.RoleLastUsed?.LastUsedDate ? <Time at={role.RoleLastUsed.LastUsedDate} as="ago" /> : "–" },
          { label: "Maximum session duration", value: durationText(role.MaxSessionDuration ?? 3600) },
          { label: "Path", value: role.Path },
        ]}
      />
      {editing && <EditRole role={role} onClose={() => setEditing(false)} />}
    </Container>
  );
}

function Trust({ role }: { role: Role }) {
  const document = prettyText(decodeURIComponent(role.AssumeRolePolicyDocument ?? ""));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Entities that can assume this role under specified conditions."
          actions={
            <Actions>
              <Copy inline={false} text={document} label="Copy JSON" />
              <Button href={principalPage({ kind: "role", name: role.RoleName! }, "edit-trust")}>Edit trust policy</Button>
            </Actions>
          }
        >
          Trusted entities
        </Header>
      }
    >
      <CodeEditor label="Trust policy" value={document} />
    </Container>
  );
}
