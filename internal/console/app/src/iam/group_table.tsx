// Choosing groups for a user, and making one on the way.
import { CreateGroupCommand, paginateListGroups } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { iam } from "../aws/iam";
import { all, useAws, useAwsChange } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { ResourceTable } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { policiesOf, principalPage } from "./permissions";
import { PolicyPicker } from "../parts/policy_picker";

export const useGroups = () =>
  useAws(["iam", "ListGroups"], () => all(paginateListGroups({ client: iam() }, {}), (p) => p.Groups));

/** Makes a group with policies. */
export async function createGroup(GroupName: string, policies: string[]) {
  await iam().send(new CreateGroupCommand({ GroupName }));
  for (const arn of policies) await policiesOf({ kind: "group", name: GroupName }).attach(arn);
}

interface GroupTableProps {
  /** Names of groups. */
  selected: string[];
  onChange: (groups: string[]) => void;
  /** Groups that are not offered, because the user is in them. */
  without?: string[];
}

export function GroupTable({ selected, onChange, without }: GroupTableProps) {
  const groups = useGroups();
  const [creating, setCreating] = useState(false);
  return (
    <>
      <ResourceTable
        name="iam.group-picker"
        nouns={["user group", "user groups"]}
        description="A group gives the same permissions to all its users. Best practice is to manage permissions by groups."
        query={{ ...groups, data: groups.data?.filter((g) => !without?.includes(g.GroupName!)) }}
        id={(g) => g.GroupName!}
        columns={[
          {
            id: "name",
            header: "Group name",
            value: (g) => g.GroupName,
            cell: (g) => (
              <Link href={principalPage({ kind: "group", name: g.GroupName! })} target="_blank">
                {g.GroupName}
              </Link>
            ),
            isRowHeader: true,
          },
          { id: "created", header: "Created", value: (g) => g.CreateDate, cell: (g) => <Time at={g.CreateDate} as="ago" /> },
        ]}
        selection="multi"
        selected={selected}
        onSelect={onChange}
        actions={() => <Button onClick={() => setCreating(true)}>Create group</Button>}
      />
      {creating && (
        <CreateGroup onCreated={(name) => onChange([...selected, name])} onClose={() => setCreating(false)} />
      )}
    </>
  );
}

function CreateGroup({ onCreated, onClose }: { onCreated: (name: string) => void; onClose: () => void }) {
  const { notify } = useNotifications();
  const [name, setName] = useState("");
  const [policies, setPolicies] = useState<string[]>([]);
  const create = useAwsChange(() => createGroup(name, policies), [["iam"]]);
  return (
    <FormModal
      title="Create user group"
      size="max"
      tables
      verb="Create user group"
      ready={name !== ""}
      onClose={onClose}
      onSubmit={async () => {
        await create.mutateAsync();
        notify({ type: "success", header: `User group ${name} created.` });
        onCreated(name);
      }}
    >
      <FormField label="User group name" constraintText={groupNameRule}>
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <PolicyPicker selected={policies} onChange={setPolicies} />
    </FormModal>
  );
}

export const groupNameRule = "Maximum 128 characters. Use alphanumeric and '+=,.@-_' characters.";
