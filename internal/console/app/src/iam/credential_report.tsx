import Button from "@cloudscape-design/components/button";
import { download } from "../parts/download";
import { ResourceTable, type Column } from "../parts/resource_table";
import { fullTime } from "../parts/time";
import { Page } from "../shell/page";
import { useReport } from "./report";

/** What a person looks for first; the rest is in the preferences. */
const shown = [
  "user",
  "password_enabled",
  "password_last_used",
  "mfa_active",
  "access_key_1_active",
  "access_key_1_last_used_date",
  "access_key_2_active",
];

export default function CredentialReport() {
  const report = useReport();
  const rows = report.data?.rows;
  return (
    <Page title="Credential report" breadcrumbs={[["IAM", "/console/iam"]]} heading={false}>
      <ResourceTable
        // The columns are those of the report, so the table begins anew when they are known.
        key={report.data ? "loaded" : "loading"}
        variant="full-page"
        name="iam.credential-report"
        nouns={["user", "users"]}
        title="Credential report"
        description={`The credentials of all users of the account.${report.data ? ` Generated ${fullTime(report.data.generated)}; a new one is made four hours later at the earliest.` : ""}`}
        query={{ ...report, data: rows }}
        id={(row) => row[1]!}
        columns={(report.data?.columns ?? shown).map(column)}
        actions={() => (
          <Button
            variant="primary"
            iconName="download"
            disabled={!report.data}
            onClick={() => download("credential_report.csv", "text/csv", report.data!.text)}
          >
            Download credential report
          </Button>
        )}
      />
    </Page>
  );
}

const column = (name: string, index: number): Column<string[]> => ({
  id: name,
  header: name,
  value: (row) => row[index],
  cell: (row) => row[index],
  isRowHeader: index === 0,
  hidden: !shown.includes(name),
  minWidth: Math.max(230, 60 + 8 * name.length),
});
