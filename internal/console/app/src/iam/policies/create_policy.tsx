// Create policy: the steps of "Create IAM policies (console)" (IAM User Guide).
import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import Wizard from "@cloudscape-design/components/wizard";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { useAwsChange } from "../../aws/query";
import { Failure } from "../../parts/failure";
import { TagFields, type TagValue } from "../../parts/tag_fields";
import { navigate } from "../../shell/links";
import { useNotifications } from "../../shell/notifications";
import { Page } from "../../shell/page";
import { leave, useUnsaved } from "../../shell/unsaved";
import { nameFault } from "../names";
import { policyPage } from "../../parts/policies";
import { emptyDocument, incomplete } from "./document";
import { PolicyEditor } from "./policy_editor";
import { SummaryTable } from "./summary_table";

export default function CreatePolicy() {
  const { notify } = useNotifications();
  const [step, setStep] = useState(0);
  const [document, setDocument] = useState(emptyDocument);
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [tags, setTags] = useState<TagValue[]>([]);
  const [checked, setChecked] = useState(false);
  const [fault, setFault] = useState("");
  useUnsaved(document !== emptyDocument || name !== "");
  const create = useAwsChange(
    () =>
      iam().send(
        new CreatePolicyCommand({ PolicyName: name, PolicyDocument: document, Description: description || undefined, Tags: tags }),
      ),
    [["iam"]],
  );
  const submit = async () => {
    setChecked(true);
    if (!name || nameFault("policy", name)) return;
    const { Policy } = await create.mutateAsync();
    notify({ type: "success", header: `Policy ${name} created.` });
    navigate(policyPage(Policy!.Arn!));
  };
  return (
    <Page
      heading={false}
      title="Create policy"
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Policies", "/console/iam/policies"],
      ]}
    >
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => {
          const found = incomplete(document);
          setFault(found);
          if (step > 0 || !found) setStep(detail.requestedStepIndex);
        }}
        onCancel={() => leave("/console/iam/policies")}
        onSubmit={() => void submit().catch(() => {})}
        isLoadingNextStep={create.isPending}
        submitButtonText="Create policy"
        i18nStrings={{
          stepNumberLabel: (n) => `Step ${n}`,
          collapsedStepsLabel: (n, of) => `Step ${n} of ${of}`,
          navigationAriaLabel: "Steps",
        }}
        steps={[
          {
            title: "Specify permissions",
            content: (
              <SpaceBetween size="l">
                <PolicyEditor
                  document={document}
                  onChange={(changed) => {
                    setDocument(changed);
                    setFault("");
                  }}
                />
                {fault && (
                  <Alert type="error" header="The policy is not complete">
                    {fault}
                  </Alert>
                )}
              </SpaceBetween>
            ),
          },
          {
            title: "Review and create",
            description: "Review the permissions, specify details, and tags.",
            content: (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">Policy details</Header>}>
                  <SpaceBetween size="l">
                    <FormField
                      label="Policy name"
                      description="Enter a meaningful name to identify this policy."
                      constraintText="Maximum 128 characters. Use alphanumeric and '+=,.@-_' characters."
                      errorText={nameFault("policy", name) || (checked && !name && "Enter a name.")}
                    >
                      <Input value={name} onChange={({ detail }) => setName(detail.value)} />
                    </FormField>
                    <FormField
                      label="Description - optional"
                      description="Add a short explanation for this policy. It can't be changed later."
                      constraintText="Maximum 1,000 characters."
                    >
                      <Textarea value={description} onChange={({ detail }) => setDescription(detail.value)} />
                    </FormField>
                  </SpaceBetween>
                </Container>
                <SummaryTable document={document} />
                <Container header={<Header variant="h2">Add tags - optional</Header>}>
                  <TagFields tags={tags} onChange={setTags} />
                </Container>
                {create.error && <Failure error={create.error} />}
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Page>
  );
}
