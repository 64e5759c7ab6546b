import { paginateListRoles } from "@aws-sdk/client-iam";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";
import { CodeEditor } from "../parts/code_editor";
import { Failure } from "../parts/failure";
import { PolicyPicker } from "../parts/policy_picker";
import { durationOf, durations, inlineFault, rolesFault, roleNameOf, trustPolicy, type ProfileDraft } from "./profile_draft";
import { nameFault, nameRule } from "./names";

interface ProfileFieldsProps {
  draft: ProfileDraft;
  onChange: (draft: ProfileDraft) => void;
  /** The inline policy that there is already. */
  before?: string;
  /** Faults are shown. */
  checked: boolean;
}

/** What a profile is made of. */
export function ProfileFields({ draft, onChange, before = "", checked }: ProfileFieldsProps) {
  const change = (part: Partial<ProfileDraft>) => onChange({ ...draft, ...part });
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Profile</Header>}>
        <SpaceBetween size="l">
          <FormField label="Profile name" constraintText={nameRule} errorText={checked && nameFault(draft.name)}>
            <Input value={draft.name} onChange={({ detail }) => change({ name: detail.value })} />
          </FormField>
          <Roles selected={draft.roles} onChange={(roles) => change({ roles })} errorText={checked && rolesFault(draft)} />
          <FormField label="Session duration" description="At the most. A machine may ask for less, and a role may allow less.">
            <Select
              selectedOption={{ value: String(draft.seconds), label: durationOf(draft.seconds) }}
              options={durations.map(([seconds, label]) => ({ value: String(seconds), label }))}
              onChange={({ detail }) => change({ seconds: Number(detail.selectedOption.value) })}
            />
          </FormField>
          <Checkbox
            checked={draft.named}
            description="Otherwise the name of a session is the serial number of the certificate."
            onChange={({ detail }) => change({ named: detail.checked })}
          >
            Accept custom role session name
          </Checkbox>
        </SpaceBetween>
      </Container>
      <PolicyPicker
        selected={draft.policies}
        onChange={(policies) => change({ policies })}
        title="Managed session policies - optional"
        description="A session may do what both its role and these policies allow."
      />
      <Container
        header={
          <Header variant="h2" description="A policy of this profile alone, which limits sessions likewise.">
            Inline session policy - optional
          </Header>
        }
      >
        <FormField errorText={checked && inlineFault(draft, before)} stretch>
          <CodeEditor label="Inline session policy" value={draft.inline} onChange={(inline) => change({ inline })} />
        </FormField>
      </Container>
    </SpaceBetween>
  );
}

interface RolesProps {
  selected: string[];
  onChange: (arns: string[]) => void;
  errorText: string | false | undefined;
}

const trusts = (document: string | undefined) => decodeURIComponent(document ?? "").includes("rolesanywhere.amazonaws.com");

function Roles({ selected, onChange, errorText }: RolesProps) {
  const roles = useAws(["iam", "ListRoles"], () => all(paginateListRoles({ client: iam() }, {}), (p) => p.Roles));
  const option = (arn: string) => ({ value: arn, label: roleNameOf(arn) });
  const offered = (roles.data ?? []).filter((r) => trusts(r.AssumeRolePolicyDocument)).map((r) => option(r.Arn!));
  return (
    <SpaceBetween size="xs">
      <FormField
        label="Roles"
        description="Those that machines may have. Roles whose trust policy names rolesanywhere.amazonaws.com are offered."
        errorText={errorText}
      >
        <Multiselect
          selectedOptions={selected.map(option)}
          options={offered}
          statusType={roles.isPending ? "loading" : "finished"}
          filteringType="auto"
          placeholder="Choose roles"
          empty="No role trusts IAM Roles Anywhere yet."
          onChange={({ detail }) => onChange(detail.selectedOptions.map((o) => o.value!))}
        />
      </FormField>
      {roles.error && <Failure error={roles.error} retry={roles.refetch} />}
      <ExpandableSection headerText="The trust policy of such a role">
        <SpaceBetween size="xs">
          <span>
            <Link href="/console/iam/create-role" target="_blank">
              Create a role
            </Link>{" "}
            with a custom trust policy like this. Without a condition every certificate of every trust anchor of the account may have it.
          </span>
          <CodeEditor label="Trust policy" value={trustPolicy} />
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  );
}
