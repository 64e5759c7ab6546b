// What access there is and isn't used, and what is wrong with the account's own policies.
import { GetPolicyVersionCommand, paginateListPolicies } from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { all, useAws } from "../../aws/query";
import { ResourceTable } from "../../parts/resource_table";
import { Failure } from "../../parts/failure";
import { Page } from "../../shell/page";
import { LastAccessed } from "../last_accessed";
import { policyPage } from "../../parts/policies";
import { kindText, usePrincipals } from "../policies/entities";
import { findingsOf, kinds, placeOf, type Finding } from "../policies/findings";
import { SectionTabs } from "../../parts/section_tabs";

export default function AccessAnalyzer() {
  return (
    <Page
      title="Access analyzer"
      breadcrumbs={[["IAM", "/console/iam"]]}
      description="Find permissions that nobody uses, and policies that say something else than was meant."
    >
      <SectionTabs
        label="Access analyzer"
        tabs={[
          { id: "last_accessed", label: "Last accessed", content: <Report /> },
          { id: "policy_checks", label: "Policy checks", content: <PolicyChecks /> },
        ]}
      />
    </Page>
  );
}

/** The last accessed report of a user, group or role. */
function Report() {
  const principals = usePrincipals();
  const [arn, setArn] = useState<string>();
  const chosen = principals.data?.find((p) => p.arn === arn);
  return (
    <SpaceBetween size="l">
      <Container>
        <FormField label="User, group, or role" description="Whose permissions are compared with what was used.">
          <Select
            placeholder="Choose a user, group, or role"
            selectedOption={chosen ? { value: chosen.arn, label: chosen.name, tags: [kindText[chosen.kind]] } : null}
            options={principals.data?.map((p) => ({ value: p.arn, label: p.name, tags: [kindText[p.kind]] }))}
            filteringType="auto"
            filteringAriaLabel="Find users, groups and roles"
            statusType={principals.isPending ? "loading" : "finished"}
            onChange={({ detail }) => setArn(detail.selectedOption.value)}
          />
        </FormField>
      </Container>
      {principals.error && <Failure error={principals.error} />}
      {chosen && <LastAccessed key={chosen.arn} of={chosen.arn} />}
    </SpaceBetween>
  );
}

interface Checked {
  arn: string;
  name: string;
  finding: Finding;
}

async function checkPolicies(): Promise<Checked[]> {
  const policies = await all(paginateListPolicies({ client: iam() }, { Scope: "Local" }), (p) => p.Policies);
  const found: Checked[] = [];
  for (const { Arn, PolicyName, DefaultVersionId } of policies) {
    const { PolicyVersion } = await iam().send(new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId: DefaultVersionId }));
    const findings = await findingsOf(decodeURIComponent(PolicyVersion!.Document!), "identity");
    found.push(...findings.map((finding) => ({ arn: Arn!, name: PolicyName!, finding })));
  }
  return found;
}

const kindOf = (f: Finding) => kinds.find((k) => k.type === f.findingType)?.label ?? "";

/** The findings in the policies of the account. */
function PolicyChecks() {
  const findings = useAws(["iam", "PolicyChecks"], checkPolicies);
  return (
    <ResourceTable
      name="iam.policy-checks"
      nouns={["finding", "findings"]}
      description="What IAM Access Analyzer finds in the default versions of the customer managed policies."
      query={findings}
      id={({ arn, finding }) => `${arn} ${finding.issueCode} ${JSON.stringify(placeOf(finding))}`}
      columns={[
        {
          id: "policy",
          header: "Policy",
          value: (f) => f.name,
          cell: (f) => <Link href={policyPage(f.arn)}>{f.name}</Link>,
          isRowHeader: true,
        },
        { id: "kind", header: "Kind", value: (f) => kindOf(f.finding), cell: (f) => kindOf(f.finding) },
        { id: "line", header: "Line", value: (f) => placeOf(f.finding)?.line, cell: (f) => placeOf(f.finding)?.line ?? "–" },
        {
          id: "details",
          header: "Finding",
          value: (f) => f.finding.findingDetails,
          cell: (f) => <span className="breaks">{f.finding.findingDetails}</span>,
        },
      ]}
    />
  );
}
