import { GetPolicyCommand, paginateListPolicyTags, TagPolicyCommand, UntagPolicyCommand, type Policy } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
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
import { LastAccessed } from "../last_accessed";
import { policyNameOf, policyPage, policyType } from "../../parts/policies";
import { SectionTabs } from "../../parts/section_tabs";
import { TagsPanel } from "../../parts/tags_panel";
import { DeletePolicy } from "./delete_policy";
import { EntitiesAttached } from "./entities_attached";
import { PolicyVersions } from "./policy_versions";
import { SummaryTable } from "./summary_table";
import { useVersion } from "./versions";

export default function PolicyPage() {
  const { policy: arn } = useParams<{ policy: string }>();
  const policy = useAws(
    ["iam", "GetPolicy", arn],
    async () => (await iam().send(new GetPolicyCommand({ PolicyArn: arn }))).Policy!,
  );
  const [deleting, setDeleting] = useState(false);
  const own = policyType(arn) === "Customer managed";
  return (
    <Page
      title={policyNameOf(arn)}
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Policies", "/console/iam/policies"],
      ]}
      actions={own && <Button onClick={() => setDeleting(true)}>Delete</Button>}
    >
      <Loaded query={policy}>{(policy) => <Details policy={policy} own={own} />}</Loaded>
      {deleting && (
        <DeletePolicy arn={arn} onDeleted={() => navigate("/console/iam/policies")} onClose={() => setDeleting(false)} />
      )}
    </Page>
  );
}

function Details({ policy, own }: { policy: Policy; own: boolean }) {
  const arn = policy.Arn!;
  const tags = useAws(
    ["iam", "ListPolicyTags", arn],
    () => all(paginateListPolicyTags({ client: iam() }, { PolicyArn: arn }), (p) => p.Tags),
    { enabled: own },
  );
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Policy details</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={180}
          items={[
            { label: "Type", value: policyType(arn) },
            { label: "Creation time", value: <Time at={policy.CreateDate} /> },
            { label: "Edited time", value: <Time at={policy.UpdateDate} /> },
            { label: "ARN", value: <Copy text={arn} /> },
            { label: "Description", value: policy.Description || "–" },
            { label: "Path", value: policy.Path },
          ]}
        />
      </Container>
      <SectionTabs
        label={`Policy ${policy.PolicyName}`}
        tabs={[
          { id: "permissions", label: "Permissions", content: <Permissions policy={policy} own={own} /> },
          { id: "entities_attached", label: "Entities attached", content: <EntitiesAttached arn={arn} /> },
          ...(own
            ? [
                {
                  id: "tags",
                  label: "Tags",
                  content: (
                    <TagsPanel
                      service="iam"
                      tags={tags}
                      tag={(Tags) => iam().send(new TagPolicyCommand({ PolicyArn: arn, Tags }))}
                      untag={(TagKeys) => iam().send(new UntagPolicyCommand({ PolicyArn: arn, TagKeys }))}
                    />
                  ),
                },
              ]
            : []),
          { id: "policy_versions", label: "Policy versions", content: <PolicyVersions arn={arn} own={own} /> },
          { id: "access_advisor", label: "Last Accessed", content: <LastAccessed of={arn} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Permissions({ policy, own }: { policy: Policy; own: boolean }) {
  const [view, setView] = useState("summary");
  const document = useVersion(policy.Arn!, policy.DefaultVersionId);
  const actions = (text: string) => (
    <Actions>
      <SegmentedControl
        label="View"
        selectedId={view}
        options={[
          { id: "summary", text: "Summary" },
          { id: "json", text: "JSON" },
        ]}
        onChange={({ detail }) => setView(detail.selectedId)}
      />
      {view === "json" && <Copy inline={false} text={text} label="Copy JSON" />}
      {own && <Button href={`${policyPage(policy.Arn!)}/edit`}>Edit</Button>}
    </Actions>
  );
  return (
    <Loaded query={document}>
      {(text) =>
        view === "summary" ? (
          <SummaryTable document={text} actions={actions(text)} />
        ) : (
          <Container
            header={
              <Header variant="h2" actions={actions(text)}>
                Permissions defined in this policy
              </Header>
            }
          >
            <CodeEditor label="Policy document" value={text} />
          </Container>
        )
      }
    </Loaded>
  );
}
