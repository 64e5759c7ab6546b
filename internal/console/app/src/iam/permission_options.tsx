import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { GroupTable } from "./group_table";
import type { PermissionChoice } from "./permission_choice";
import { PolicyPicker } from "../parts/policy_picker";
import { UserTable } from "./user_table";

interface PermissionOptionsProps {
  value: PermissionChoice;
  onChange: (choice: PermissionChoice) => void;
  /** What the user has already. */
  groups?: string[];
  policies?: string[];
}

/** The ways of AWS's console to give a user permissions. */
export function PermissionOptions({ value, onChange, groups, policies }: PermissionOptionsProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Permissions options</Header>}>
        <Tiles
          ariaLabel="Permissions options"
          value={value.way}
          onChange={({ detail }) => onChange({ ...value, way: detail.value as PermissionChoice["way"] })}
          items={[
            {
              value: "groups",
              label: "Add user to group",
              description:
                "Add user to an existing group, or create a new group. We recommend using groups to manage user permissions by job function.",
            },
            {
              value: "copy",
              label: "Copy permissions",
              description: "Copy all group memberships, attached managed policies, and inline policies from an existing user.",
            },
            {
              value: "attach",
              label: "Attach policies directly",
              description:
                "Attach a managed policy directly to a user. As a best practice, we recommend attaching policies to a group instead.",
            },
          ]}
        />
      </Container>
      {value.way === "groups" && (
        <GroupTable selected={value.groups} without={groups} onChange={(groups) => onChange({ ...value, groups })} />
      )}
      {value.way === "copy" && (
        <UserTable
          single
          title="Copy permissions from"
          selected={value.copied === undefined ? [] : [value.copied]}
          onChange={([copied]) => onChange({ ...value, copied })}
        />
      )}
      {value.way === "attach" && (
        <PolicyPicker selected={value.policies} without={policies} onChange={(policies) => onChange({ ...value, policies })} />
      )}
    </SpaceBetween>
  );
}
