import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { rolesAnywhere, type Profile } from "../aws/rolesanywhere";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { Manage, profilePage, profiles, root, Status, statusOf } from "./resources";
import { roleNameOf } from "./profile_draft";

const rolesOf = (p: Profile) => p.roleArns.map(roleNameOf).join(", ") || "–";

const columns: Column<Profile>[] = [
  {
    id: "name",
    header: "Profile name",
    value: (p) => p.name,
    cell: (p) => <Link href={profilePage(p.profileId)}>{p.name}</Link>,
    isRowHeader: true,
  },
  { id: "status", header: "Status", value: statusOf, cell: (p) => <Status of={p} /> },
  { id: "roles", header: "Roles", value: rolesOf, cell: rolesOf },
  { id: "created", header: "Created", value: (p) => p.createdAt, cell: (p) => <Time at={new Date(p.createdAt)} as="ago" /> },
  { id: "id", header: "ID", value: (p) => p.profileId, cell: (p) => p.profileId, hidden: true },
];

const create = "/console/rolesanywhere/profiles/create";

export default function Profiles() {
  const query = useAws(["rolesanywhere", "ListProfiles"], rolesAnywhere.profiles);
  return (
    <Page title="Profiles" breadcrumbs={[root]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="A profile says which roles machines may have, for how long, and what limits their sessions."
        name="rolesanywhere.profiles"
        nouns={["profile", "profiles"]}
        query={query}
        id={(p) => p.profileId}
        columns={columns}
        selection="single"
        emptyAction={<Button href={create}>Create a profile</Button>}
        actions={([profile]) => (
          <Actions>
            <Manage kind={profiles} of={profile && { ...profile, id: profile.profileId }} />
            <Button variant="primary" href={create}>
              Create a profile
            </Button>
          </Actions>
        )}
      />
    </Page>
  );
}
