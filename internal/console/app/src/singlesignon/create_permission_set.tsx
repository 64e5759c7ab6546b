// Create permission set: the steps of "Create a permission set" (IAM Identity Center User Guide).
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import Wizard from "@cloudscape-design/components/wizard";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { CodeEditor } from "../parts/code_editor";
import { Failure } from "../parts/failure";
import { policyNameOf } from "../parts/policies";
import { TagFields } from "../parts/tag_fields";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { leave, useUnsaved } from "../shell/unsaved";
import { BoundaryFields, isWhole } from "./boundary_fields";
import { InCenter, root } from "./center";
import { CustomerPolicies } from "./customer_policies";
import { durationOf, lengthOf } from "./durations";
import { makeSet } from "./make_set";
import { ManagedPolicies } from "./managed_policies";
import { setPage } from "./permissions";
import { nameFault, noSet, policiesOf, predefined, type Policies, type SetDraft } from "./set_draft";
import { SetFields } from "./set_fields";
import { wizardStrings } from "./wizard_strings";

export default function CreatePermissionSetPage() {
  return <InCenter title="Create permission set">{({ arn }) => <CreatePermissionSet instance={arn} />}</InCenter>;
}

function CreatePermissionSet({ instance }: { instance: string }) {
  const { notify } = useNotifications();
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState(noSet);
  const [checked, setChecked] = useState(false);
  const create = useAwsChange(() => makeSet(instance, draft), [["sso"]]);
  useUnsaved(draft !== noSet && !create.data);
  const submit = async () => {
    const { arn, failures } = await create.mutateAsync();
    if (failures.length) notify({ type: "warning", header: `Permission set ${draft.name} was created without all that it should have`, content: <Failure error={failures[0]} /> });
    else notify({ type: "success", header: `Permission set ${draft.name} created.`, content: "Assign it in accounts: it is of use there." });
    navigate(setPage(arn));
  };
  // A predefined one has its policy: nothing is asked about it.
  const policiesStep = draft.custom
    ? [{ title: "Specify policies and permissions boundary", content: <PoliciesStep value={draft.policies} onChange={(policies) => setDraft({ ...draft, policies })} /> }]
    : [];
  const details = 1 + policiesStep.length;
  const blocked = (step === details && nameFault(draft.name) !== "") || (draft.custom && step === 1 && !isWhole(draft.policies.boundary));
  return (
    <Page title="Create permission set" heading={false} breadcrumbs={[root, ["Permission sets", "/console/singlesignon/permission-sets"]]}>
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => {
          setChecked(blocked);
          if (!blocked || detail.requestedStepIndex < step) setStep(detail.requestedStepIndex);
        }}
        onCancel={() => leave("/console/singlesignon/permission-sets")}
        onSubmit={() => void submit().catch(() => {})}
        isLoadingNextStep={create.isPending}
        submitButtonText="Create"
        i18nStrings={wizardStrings}
        steps={[
          { title: "Select permission set type", content: <TypeStep value={draft} onChange={setDraft} /> },
          ...policiesStep,
          { title: "Specify permission set details", content: <DetailsStep value={draft} onChange={setDraft} checked={checked} /> },
          {
            title: "Review and create",
            content: (
              <SpaceBetween size="l">
                <Review draft={draft} onEdit={setStep} details={details} />
                {create.error && <Failure error={create.error} />}
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Page>
  );
}

interface StepProps {
  value: SetDraft;
  onChange: (draft: SetDraft) => void;
}

function TypeStep({ value, onChange }: StepProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Permission set type</Header>}>
        <Tiles
          ariaLabel="Permission set type"
          value={value.custom ? "custom" : "predefined"}
          items={[
            { value: "predefined", label: "Predefined permission set", description: "With a policy of AWS for a common job." },
            { value: "custom", label: "Custom permission set", description: "With policies of your choice, and a permissions boundary." },
          ]}
          onChange={({ detail }) => {
            const custom = detail.value === "custom";
            onChange({ ...value, custom, name: custom ? "" : policyNameOf(value.predefined) });
          }}
        />
      </Container>
      {!value.custom && (
        <Container header={<Header variant="h2">Policy for predefined permission set</Header>}>
          <RadioGroup
            ariaLabel="AWS managed policy"
            value={value.predefined}
            items={predefined.map(({ arn, name, description }) => ({ value: arn, label: name, description }))}
            onChange={({ detail }) => onChange({ ...value, predefined: detail.value, name: policyNameOf(detail.value) })}
          />
        </Container>
      )}
    </SpaceBetween>
  );
}

function PoliciesStep({ value, onChange }: { value: Policies; onChange: (policies: Policies) => void }) {
  return (
    <SpaceBetween size="l">
      <ManagedPolicies selected={value.managed} onChange={(managed) => onChange({ ...value, managed })} />
      <Container header={<Header variant="h2" description="By name and path: each account has its own policy of that name.">Customer managed policies</Header>}>
        <CustomerPolicies value={value.customer} onChange={(customer) => onChange({ ...value, customer })} />
      </Container>
      <Container header={<Header variant="h2" description="A policy document of this permission set alone.">Inline policy</Header>}>
        <CodeEditor label="Inline policy" value={value.inline} onChange={(inline) => onChange({ ...value, inline })} />
      </Container>
      <Container header={<Header variant="h2">Permissions boundary - optional</Header>}>
        <BoundaryFields value={value.boundary} onChange={(boundary) => onChange({ ...value, boundary })} />
      </Container>
    </SpaceBetween>
  );
}

function DetailsStep({ value, onChange, checked }: StepProps & { checked: boolean }) {
  const fault = nameFault(value.name);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Permission set details</Header>}>
        <SpaceBetween size="l">
          <FormField
            label="Permission set name"
            constraintText="Maximum 32 characters. It is part of the name of the role in each account, and can't be changed."
            errorText={(checked || value.name) && fault}
          >
            <Input value={value.name} autoFocus autoComplete={false} onChange={({ detail }) => onChange({ ...value, name: detail.value })} />
          </FormField>
          <SetFields value={value} onChange={(settings) => onChange({ ...value, ...settings })} />
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Tags - optional</Header>}>
        <TagFields tags={value.tags} onChange={(tags) => onChange({ ...value, tags })} />
      </Container>
    </SpaceBetween>
  );
}

function Review({ draft, details, onEdit }: { draft: SetDraft; details: number; onEdit: (step: number) => void }) {
  const { managed, customer, inline, boundary } = policiesOf(draft);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" actions={<Button ariaLabel="Edit policies" onClick={() => onEdit(draft.custom ? 1 : 0)}>Edit</Button>}>Policies</Header>}>
        <KeyValuePairs
          columns={2}
          minColumnWidth={180}
          items={[
            { label: "AWS managed policies", value: managed.map(policyNameOf).join(", ") || "None" },
            { label: "Customer managed policies", value: customer.map((c) => `${c.Path ?? "/"}${c.Name}`).join(", ") || "None" },
            { label: "Inline policy", value: inline.trim() ? <Box variant="code">{inline}</Box> : "None" },
            {
              label: "Permissions boundary",
              value: boundary?.ManagedPolicyArn ? policyNameOf(boundary.ManagedPolicyArn) : (boundary?.CustomerManagedPolicyReference?.Name ?? "None"),
            },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2" actions={<Button ariaLabel="Edit details" onClick={() => onEdit(details)}>Edit</Button>}>Details</Header>}>
        <KeyValuePairs
          columns={2}
          minColumnWidth={180}
          items={[
            { label: "Permission set name", value: draft.name },
            { label: "Description", value: draft.description || "–" },
            { label: "Session duration", value: lengthOf(durationOf(draft.hours)) },
            { label: "Relay state", value: draft.relayState || "–" },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
}
