import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Profile } from "../aws/rolesanywhere";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { Copy } from "../parts/copy";
import { Loaded } from "../parts/loaded";
import { policyNameOf, policyPage } from "../parts/policies";
import { SectionTabs } from "../parts/section_tabs";
import { Time } from "../parts/time";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { Mappings } from "./mappings";
import { durationOf, roleNameOf } from "./profile_draft";
import { Manage, profilePage, profiles, root, Status, Tags, useProfile } from "./resources";

const list = "/console/rolesanywhere/profiles";

export default function ProfilePage() {
  const { profile: id } = useParams<{ profile: string }>();
  const query = useProfile(id);
  const profile = query.data;
  return (
    <Page
      title={profile?.name ?? "Profile"}
      breadcrumbs={[root, ["Profiles", list]]}
      actions={
        <Actions>
          <Button disabled={!profile} href={`${profilePage(id)}/edit`}>
            Edit
          </Button>
          <Manage kind={profiles} of={profile && { ...profile, id }} onDeleted={() => navigate(list)} />
        </Actions>
      }
    >
      <Loaded query={query}>{(profile) => <Details profile={profile} />}</Loaded>
    </Page>
  );
}

function Details({ profile }: { profile: Profile }) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Profile details</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={180}
          items={[
            { label: "Status", value: <Status of={profile} /> },
            {
              label: "Roles",
              value: (
                <Links of={profile.roleArns.map((arn) => [roleNameOf(arn), `/console/iam/roles/${encodeURIComponent(roleNameOf(arn))}`])} />
              ),
            },
            { label: "Session duration", value: durationOf(profile.durationSeconds) },
            { label: "Custom role session name", value: profile.acceptRoleSessionName ? "Accepted" : "Not accepted" },
            { label: "Created", value: <Time at={new Date(profile.createdAt)} /> },
            { label: "Last updated", value: <Time at={new Date(profile.updatedAt)} /> },
            { label: "ARN", value: <Copy text={profile.profileArn} /> },
          ]}
        />
      </Container>
      <SectionTabs
        label={`Profile ${profile.name}`}
        tabs={[
          { id: "policies", label: "Session policies", content: <Policies profile={profile} /> },
          { id: "mappings", label: "Certificate attribute mappings", content: <Mappings profile={profile.profileId} /> },
          { id: "tags", label: "Tags", content: <Tags arn={profile.profileArn} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Policies({ profile }: { profile: Profile }) {
  return (
    <Container
      header={
        <Header variant="h2" description="A session may do what both its role and these policies allow.">
          Session policies
        </Header>
      }
    >
      <KeyValuePairs
        items={[
          {
            label: "Managed policies",
            value: <Links of={profile.managedPolicyArns.map((arn) => [policyNameOf(arn), policyPage(arn)])} />,
          },
          {
            label: "Inline policy",
            value: profile.sessionPolicy ? <CodeEditor label="Inline session policy" value={profile.sessionPolicy} /> : "–",
          },
        ]}
      />
    </Container>
  );
}

function Links({ of }: { of: [text: string, href: string][] }) {
  if (!of.length) return "–";
  return (
    <SpaceBetween size="xxs">
      {of.map(([text, href]) => (
        <Link key={href} href={href}>
          {text}
        </Link>
      ))}
    </SpaceBetween>
  );
}
