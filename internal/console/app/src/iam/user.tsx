import { GetUserCommand, paginateListUserTags, TagUserCommand, UntagUserCommand, type User } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams } from "../shell/params";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";
import { Copy } from "../parts/copy";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { AccessKeys } from "./access_keys";
import { useAccessKeys } from "./access_key_list";
import { AttachedPolicies } from "./attached_policies";
import { ConsoleAccess, useLoginProfile } from "./console_access";
import { DeleteUser } from "./delete_user";
import { LastAccessed } from "./last_accessed";
import { MFADevices } from "./mfa_devices";
import { PermissionsBoundary } from "./permissions_boundary";
import { SectionTabs } from "../parts/section_tabs";
import { TagsPanel } from "../parts/tags_panel";
import { UserGroups } from "./user_groups";

export default function UserPage() {
  const { user: name } = useParams<{ user: string }>();
  const user = useAws(["iam", "GetUser", name], async () => (await iam().send(new GetUserCommand({ UserName: name }))).User!);
  const [deleting, setDeleting] = useState(false);
  return (
    <Page
      title={name}
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Users", "/console/iam/users"],
      ]}
      actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}
    >
      <Loaded query={user}>{(user) => <Details user={user} />}</Loaded>
      {deleting && (
        <DeleteUser name={name} onDeleted={() => navigate("/console/iam/users")} onClose={() => setDeleting(false)} />
      )}
    </Page>
  );
}

function Details({ user }: { user: User }) {
  const name = user.UserName!;
  const of = { kind: "user", name } as const;
  const tags = useAws(["iam", "ListUserTags", name], () =>
    all(paginateListUserTags({ client: iam() }, { UserName: name }), (p) => p.Tags),
  );
  return (
    <SpaceBetween size="l">
      <Summary user={user} />
      <SectionTabs
        label={`User ${name}`}
        tabs={[
          {
            id: "permissions",
            label: "Permissions",
            content: (
              <SpaceBetween size="l">
                <AttachedPolicies of={of} />
                <PermissionsBoundary of={of} boundary={user.PermissionsBoundary?.PermissionsBoundaryArn} />
              </SpaceBetween>
            ),
          },
          { id: "groups", label: "Groups", content: <UserGroups user={name} /> },
          {
            id: "tags",
            label: "Tags",
            content: (
              <TagsPanel
                service="iam"
                tags={tags}
                tag={(Tags) => iam().send(new TagUserCommand({ UserName: name, Tags }))}
                untag={(TagKeys) => iam().send(new UntagUserCommand({ UserName: name, TagKeys }))}
              />
            ),
          },
          {
            id: "security_credentials",
            label: "Security credentials",
            content: (
              <SpaceBetween size="l">
                <ConsoleAccess user={user} />
                <MFADevices user={name} />
                <AccessKeys user={name} />
              </SpaceBetween>
            ),
          },
          { id: "access_advisor", label: "Last Accessed", content: <LastAccessed of={user.Arn!} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Summary({ user }: { user: User }) {
  const login = useLoginProfile(user.UserName!);
  const keys = useAccessKeys(user.UserName!);
  return (
    <Container header={<Header variant="h2">Summary</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={180}
        items={[
          { label: "ARN", value: <Copy text={user.Arn!} /> },
          { label: "Console access", value: login.data === undefined ? "–" : login.data ? "Enabled" : "Disabled" },
          {
            label: "Access keys",
            value: keys.data
              ? keys.data.map((k) => `${k.AccessKeyId} - ${k.Status}`).join(", ") || "None"
              : "–",
          },
          { label: "Created", value: <Time at={user.CreateDate} /> },
          { label: "Last console sign-in", value: user.PasswordLastUsed ? <Time at={user.PasswordLastUsed} /> : "Never" },
          { label: "Path", value: user.Path },
        ]}
      />
    </Container>
  );
}
