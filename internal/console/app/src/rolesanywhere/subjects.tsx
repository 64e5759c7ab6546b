import Link from "@cloudscape-design/components/link";
import { rolesAnywhere, type Subject } from "../aws/rolesanywhere";
import { useAws } from "../aws/query";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { root, subjectPage } from "./resources";

const columns: Column<Subject>[] = [
  {
    id: "subject",
    header: "Subject",
    value: (s) => s.x509Subject,
    cell: (s) => <Link href={subjectPage(s.subjectId)}>{s.x509Subject}</Link>,
    isRowHeader: true,
  },
  { id: "seen", header: "Last seen", value: (s) => s.lastSeenAt, cell: (s) => <Time at={new Date(s.lastSeenAt)} as="ago" /> },
  { id: "created", header: "First seen", value: (s) => s.createdAt, cell: (s) => <Time at={new Date(s.createdAt)} as="ago" /> },
];

export default function Subjects() {
  const query = useAws(["rolesanywhere", "ListSubjects"], rolesAnywhere.subjects);
  return (
    <Page title="Subject activity" breadcrumbs={[root]} heading={false}>
      <ResourceTable
        variant="full-page"
        description="Those who have asked for sessions, by the subject of their certificates, and whether they got them."
        name="rolesanywhere.subjects"
        nouns={["subject", "subjects"]}
        title="Subject activity"
        query={query}
        id={(s) => s.subjectId}
        columns={columns}
        sortedBy="seen"
        descending
      />
    </Page>
  );
}
