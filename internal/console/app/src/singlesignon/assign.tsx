// Assign users or groups: the steps of "Assign user or group access to AWS accounts" (IAM Identity Center User Guide).
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import Wizard from "@cloudscape-design/components/wizard";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { Failure } from "../parts/failure";
import { ResourceTable } from "../parts/resource_table";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useSearchParams } from "../shell/params";
import { leave, useUnsaved } from "../shell/unsaved";
import { InCenter, root, type Center } from "./center";
import { lengthOf } from "./durations";
import { GroupTable } from "./group_table";
import { useGroups, useUsers } from "./people";
import { accountPage, assign, useAccounts, usePermissionSets, type Assignment } from "./permissions";
import { UserTable } from "./user_table";
import { wizardStrings } from "./wizard_strings";

export default function AssignPage() {
  return <InCenter title="Assign users and groups">{(center) => <Assign center={center} />}</InCenter>;
}

function Assign({ center }: { center: Center }) {
  const { notify } = useNotifications();
  const [search] = useSearchParams();
  const accounts = (search.get("accounts") ?? "").split(",").filter((id) => /^\d{12}$/.test(id));
  const [step, setStep] = useState(0);
  const [users, setUsers] = useState<string[]>([]);
  const [groups, setGroups] = useState<string[]>([]);
  const [sets, setSets] = useState<string[]>([]);
  const [checked, setChecked] = useState(false);
  const missing = (step === 0 && users.length + groups.length === 0) || (step === 1 && sets.length === 0);
  const back = accounts.length === 1 ? accountPage(accounts[0]!) : "/console/singlesignon/accounts";
  const submit = useAwsChange(async () => {
    const principals = [
      ...groups.map((PrincipalId) => ({ PrincipalType: "GROUP" as const, PrincipalId })),
      ...users.map((PrincipalId) => ({ PrincipalType: "USER" as const, PrincipalId })),
    ];
    const wanted: Assignment[] = accounts.flatMap((AccountId) =>
      principals.flatMap((p) => sets.map((PermissionSetArn) => ({ AccountId, PermissionSetArn, ...p }))),
    );
    // One after the other: an account's role of a permission set is made by the first.
    for (const one of wanted) await assign(center.arn, one);
    return wanted.length;
  }, [["sso"]]);
  useUnsaved(users.length + groups.length > 0 && submit.data === undefined);
  const send = async () => {
    const n = await submit.mutateAsync();
    notify({ type: "success", header: n === 1 ? "1 assignment was made." : `${n} assignments were made.`, content: "They are in the access portal now." });
    navigate(back);
  };
  if (!accounts.length) {
    return (
      <Page title="Assign users and groups" breadcrumbs={[root, ["AWS accounts", "/console/singlesignon/accounts"]]}>
        <Alert action={<Button href="/console/singlesignon/accounts">AWS accounts</Button>}>Choose accounts first.</Alert>
      </Page>
    );
  }
  const hint = (text: string) => checked && missing && <Alert type="error">{text}</Alert>;
  return (
    <Page title="Assign users and groups" heading={false} breadcrumbs={[root, ["AWS accounts", "/console/singlesignon/accounts"]]}>
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => {
          setChecked(missing);
          if (!missing || detail.requestedStepIndex < step) setStep(detail.requestedStepIndex);
        }}
        onCancel={() => leave(back)}
        onSubmit={() => void send().catch(() => {})}
        isLoadingNextStep={submit.isPending}
        submitButtonText="Submit"
        i18nStrings={wizardStrings}
        steps={[
          {
            title: "Select users and groups",
            description: `For ${accounts.length === 1 ? `the account ${accounts[0]}` : `${accounts.length} accounts`}. Groups are easier to keep right than users.`,
            content: (
              <SpaceBetween size="m">
                {hint("Choose at least one user or group.")}
                <Tabs
                  ariaLabel="Users and groups"
                  tabs={[
                    { id: "groups", label: `Groups (${groups.length})`, content: <GroupTable store={center.store} selected={groups} onChange={setGroups} /> },
                    { id: "users", label: `Users (${users.length})`, content: <UserTable store={center.store} selected={users} onChange={setUsers} /> },
                  ]}
                />
              </SpaceBetween>
            ),
          },
          {
            title: "Select permission sets",
            description: "What they may do in the accounts. With several, people choose one in the portal.",
            content: (
              <SpaceBetween size="m">
                {hint("Choose at least one permission set.")}
                <SetTable instance={center.arn} selected={sets} onChange={setSets} />
              </SpaceBetween>
            ),
          },
          {
            title: "Review and submit assignments",
            content: (
              <SpaceBetween size="l">
                <Review center={center} accounts={accounts} users={users} groups={groups} sets={sets} onEdit={setStep} />
                {submit.error && <Failure error={submit.error} />}
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Page>
  );
}

interface SetTableProps {
  instance: string;
  selected: string[];
  onChange: (arns: string[]) => void;
}

function SetTable({ instance, selected, onChange }: SetTableProps) {
  const sets = usePermissionSets(instance);
  return (
    <ResourceTable
      name="sso.set-picker"
      nouns={["permission set", "permission sets"]}
      query={sets}
      id={(s) => s.PermissionSetArn!}
      columns={[
        { id: "name", header: "Permission set", value: (s) => s.Name, cell: (s) => s.Name, isRowHeader: true },
        { id: "description", header: "Description", value: (s) => s.Description, cell: (s) => s.Description || "–" },
        { id: "duration", header: "Session duration", value: (s) => s.SessionDuration, cell: (s) => lengthOf(s.SessionDuration) },
      ]}
      selection="multi"
      selected={selected}
      onSelect={onChange}
      actions={() => (
        <Button href="/console/singlesignon/permission-sets/create" target="_blank" iconName="external" iconAlign="right">
          Create permission set
        </Button>
      )}
    />
  );
}

interface ReviewProps {
  center: Center;
  accounts: string[];
  users: string[];
  groups: string[];
  sets: string[];
  onEdit: (step: number) => void;
}

function Review({ center, accounts, users, groups, sets, onEdit }: ReviewProps) {
  const knownAccounts = useAccounts();
  const knownUsers = useUsers(center.store);
  const knownGroups = useGroups(center.store);
  const knownSets = usePermissionSets(center.arn);
  const list = (names: string[]) => (
    <ul>
      {names.map((name) => (
        <li key={name} className="breaks">
          {name}
        </li>
      ))}
    </ul>
  );
  const account = (id: string) => {
    const name = knownAccounts.data?.find((a) => a.Id === id)?.Name;
    return name ? `${name} (${id})` : id;
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" actions={<Button ariaLabel="Edit users and groups" onClick={() => onEdit(0)}>Edit</Button>}>Users and groups</Header>}>
        {list([
          ...groups.map((id) => `Group ${knownGroups.data?.find((g) => g.GroupId === id)?.DisplayName ?? id}`),
          ...users.map((id) => `User ${knownUsers.data?.find((u) => u.UserId === id)?.UserName ?? id}`),
        ])}
      </Container>
      <Container header={<Header variant="h2" actions={<Button ariaLabel="Edit permission sets" onClick={() => onEdit(1)}>Edit</Button>}>Permission sets</Header>}>
        {list(sets.map((arn) => knownSets.data?.find((s) => s.PermissionSetArn === arn)?.Name ?? arn))}
      </Container>
      <Container header={<Header variant="h2">AWS accounts</Header>}>{list(accounts.map(account))}</Container>
    </SpaceBetween>
  );
}
