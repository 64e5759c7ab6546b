// Edit policy: a new version of it, as in "Edit IAM policies (console)" (IAM User Guide).
import { CreatePolicyVersionCommand, DeletePolicyVersionCommand, GetPolicyCommand, type PolicyVersion } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams } from "../../shell/params";
import { iam } from "../../aws/iam";
import { useAws, useAwsChange } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { Failure } from "../../parts/failure";
import { Loaded } from "../../parts/loaded";
import { navigate } from "../../shell/links";
import { useNotifications } from "../../shell/notifications";
import { Page } from "../../shell/page";
import { useUnsaved } from "../../shell/unsaved";
import { policyNameOf, policyPage } from "../../parts/policies";
import { PolicyEditor } from "./policy_editor";
import { SummaryTable } from "./summary_table";
import { maxVersions, useVersion, useVersions } from "./versions";

export default function EditPolicy() {
  const { policy: arn } = useParams<{ policy: string }>();
  const name = policyNameOf(arn);
  const policy = useAws(
    ["iam", "GetPolicy", arn],
    async () => (await iam().send(new GetPolicyCommand({ PolicyArn: arn }))).Policy!,
  );
  const document = useVersion(arn, policy.data?.DefaultVersionId);
  const versions = useVersions(arn);
  return (
    <Page
      title={`Edit ${name}`}
      description="Saving makes a new version of the policy."
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Policies", "/console/iam/policies"],
        [name, policyPage(arn)],
      ]}
    >
      <Loaded query={policy}>
        {() => (
          <Loaded query={document}>
            {(initial) => (
              <Loaded query={versions}>{(all) => <Editor arn={arn} initial={initial} versions={all} />}</Loaded>
            )}
          </Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function Editor({ arn, initial, versions }: { arn: string; initial: string; versions: PolicyVersion[] }) {
  const { notify } = useNotifications();
  const [document, setDocument] = useState(initial);
  useUnsaved(document !== initial);
  const [asDefault, setAsDefault] = useState(true);
  const old = versions.filter((v) => !v.IsDefaultVersion);
  const [instead, setInstead] = useState(old.at(-1)?.VersionId);
  const full = versions.length >= maxVersions;
  const create = useAwsChange(async () => {
    if (full) await iam().send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: instead }));
    return iam().send(new CreatePolicyVersionCommand({ PolicyArn: arn, PolicyDocument: document, SetAsDefault: asDefault }));
  }, [["iam"]]);
  const submit = async () => {
    const { PolicyVersion } = await create.mutateAsync();
    notify({ type: "success", header: `Version ${PolicyVersion!.VersionId!.slice(1)} of ${policyNameOf(arn)} created.` });
    navigate(policyPage(arn));
  };
  return (
    <Form
      actions={
        <Actions>
          <Button variant="link" href={policyPage(arn)}>
            Cancel
          </Button>
          <Button variant="primary" loading={create.isPending} onClick={() => void submit().catch(() => {})}>
            Save changes
          </Button>
        </Actions>
      }
    >
      <SpaceBetween size="l">
        <PolicyEditor document={document} onChange={setDocument} />
        <SummaryTable document={document} />
        <Checkbox
          checked={asDefault}
          description="Otherwise it is kept, and the present default stays in force."
          onChange={({ detail }) => setAsDefault(detail.checked)}
        >
          Set this new version as the default
        </Checkbox>
        {full && (
          <Alert type="warning" header={`The policy has ${maxVersions} versions, which is the most`}>
            <FormField label="Version to delete for the new one">
              <Select
                selectedOption={{ value: instead, label: `Version ${instead?.slice(1)}` }}
                options={old.map((v) => ({ value: v.VersionId, label: `Version ${v.VersionId!.slice(1)}` }))}
                onChange={({ detail }) => setInstead(detail.selectedOption.value)}
              />
            </FormField>
          </Alert>
        )}
        {create.error && <Failure error={create.error} />}
      </SpaceBetween>
    </Form>
  );
}
