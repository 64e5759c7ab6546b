// Add user: the steps of "Add users to your Identity Center directory" (IAM Identity Center User Guide).
import { CreateUserCommand } from "@aws-sdk/client-identitystore";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Wizard from "@cloudscape-design/components/wizard";
import { useState } from "react";
import { identityStore } from "../aws/identitystore";
import { useAwsChange } from "../aws/query";
import { Failure } from "../parts/failure";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { leave, useUnsaved } from "../shell/unsaved";
import { InCenter, root } from "./center";
import { updatePassword } from "./directory";
import { GroupTable } from "./group_table";
import { OneTimePassword } from "./one_time_password";
import { addMember, useGroups, userPage } from "./people";
import { displayOf, faultsOf, noDraft, requestOf } from "./user_draft";
import { UserFields } from "./user_fields";
import { wizardStrings } from "./wizard_strings";

export default function AddUserPage() {
  return <InCenter title="Add user">{({ store }) => <AddUser store={store} />}</InCenter>;
}

interface Made {
  id: string;
  password?: string;
  failure?: { what: string; error: unknown };
}

function AddUser({ store }: { store: string }) {
  const { notify } = useNotifications();
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState(noDraft);
  const [groups, setGroups] = useState<string[]>([]);
  const [checked, setChecked] = useState(false);
  const name = draft.userName.trim();
  const faulty = Object.keys(faultsOf(draft)).length > 0;
  const create = useAwsChange(async (): Promise<Made> => {
    const id = (await identityStore().send(new CreateUserCommand(requestOf(store, draft)))).UserId!;
    const made: Made = { id };
    // From here on there is a user. What fails is told, and can be done on the user's page.
    try {
      for (const group of groups) await addMember(store, group, id);
      made.password = (await updatePassword(store, { UserId: id, PasswordMode: draft.password })).Password;
    } catch (error) {
      made.failure = { what: `User ${name} was added, but not all that was asked for was done`, error };
    }
    return made;
  }, [["identitystore"]]);
  const made = create.data;
  useUnsaved(draft !== noDraft && !made);
  const submit = async () => {
    const { id, password, failure } = await create.mutateAsync();
    if (failure) notify({ type: "warning", header: failure.what, content: <Failure error={failure.error} /> });
    else notify({ type: "success", header: `User ${name} was added.`, content: draft.password === "EMAIL" && "The invitation is on its way." });
    if (password === undefined) navigate(userPage(id));
  };
  return (
    <Page title="Add user" heading={false} breadcrumbs={[root, ["Users", "/console/singlesignon/users"]]}>
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => {
          setChecked(faulty);
          if (step > 0 || !faulty) setStep(detail.requestedStepIndex);
        }}
        onCancel={() => leave("/console/singlesignon/users")}
        onSubmit={() => void submit().catch(() => {})}
        isLoadingNextStep={create.isPending}
        submitButtonText="Add user"
        i18nStrings={wizardStrings}
        steps={[
          { title: "Specify user details", content: <UserFields value={draft} onChange={setDraft} checked={checked} /> },
          {
            title: "Add user to groups",
            isOptional: true,
            description: "The user has what is assigned to the groups, besides what is assigned to the user.",
            content: <GroupTable store={store} selected={groups} onChange={setGroups} />,
          },
          {
            title: "Review and add user",
            content: (
              <SpaceBetween size="l">
                <Review store={store} draft={draft} groups={groups} onEdit={setStep} />
                {create.error && <Failure error={create.error} />}
              </SpaceBetween>
            ),
          },
        ]}
      />
      {made?.password !== undefined && <OneTimePassword user={name} password={made.password} onClose={() => navigate(userPage(made.id))} />}
    </Page>
  );
}

interface ReviewProps {
  store: string;
  draft: typeof noDraft;
  groups: string[];
  onEdit: (step: number) => void;
}

function Review({ store, draft, groups, onEdit }: ReviewProps) {
  const all = useGroups(store);
  const names = groups.map((id) => all.data?.find((g) => g.GroupId === id)?.DisplayName ?? id);
  const header = (title: string, step: number) => (
    <Header variant="h2" actions={<Button ariaLabel={`Edit ${title.toLowerCase()}`} onClick={() => onEdit(step)}>Edit</Button>}>
      {title}
    </Header>
  );
  return (
    <SpaceBetween size="l">
      <Container header={header("User details", 0)}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={180}
          items={[
            { label: "Username", value: draft.userName },
            { label: "Email address", value: draft.email },
            { label: "Name", value: `${draft.first} ${draft.last}` },
            { label: "Display name", value: displayOf(draft) },
            { label: "Password", value: draft.password === "OTP" ? "One-time password" : "Set by the user, with a link that is sent" },
          ]}
        />
      </Container>
      <Container header={header("Groups", 1)}>{names.join(", ") || "None"}</Container>
    </SpaceBetween>
  );
}
