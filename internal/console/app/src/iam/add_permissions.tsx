import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { granting, grantsOf, noPermissions } from "./permission_choice";
import { PermissionOptions } from "./permission_options";
import { boundaryOf, principalPage, usePermissions } from "./permissions";
import { usePrincipalOfPage } from "./principal_of_page";
import { useGroupsOf } from "./user_groups";

/** Gives a user more permissions, in one of the ways of Create user. */
export default function AddPermissions() {
  const { of, breadcrumbs } = usePrincipalOfPage();
  const { notify } = useNotifications();
  const [choice, setChoice] = useState(noPermissions);
  const permissions = usePermissions(of);
  const groups = useGroupsOf(of.name);
  const add = useAwsChange(async () => {
    const grants = await grantsOf(choice);
    for (const [, call] of granting(of.name, grants)) await call();
    if (grants.boundary) await boundaryOf({ kind: "user", name: of.name }).put(grants.boundary);
  }, [["iam"]]);
  const submit = async () => {
    await add.mutateAsync();
    notify({ type: "success", header: `Added permissions to user ${of.name}.` });
    navigate(principalPage(of));
  };
  const nothing = { groups: !choice.groups.length, copy: choice.copied === undefined, attach: !choice.policies.length }[choice.way];
  return (
    <Page
      title="Add permissions"
      breadcrumbs={breadcrumbs}
      description="Add user to an existing group or create a new one. Using groups is a best-practice way to manage user's permissions by job functions."
    >
      <Form
        actions={
          <Actions>
            <Button variant="link" href={principalPage(of)}>
              Cancel
            </Button>
            <Button variant="primary" disabled={nothing} loading={add.isPending} onClick={() => submit().catch(() => {})}>
              Add permissions
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <PermissionOptions
            value={choice}
            onChange={setChoice}
            groups={groups.data?.map((g) => g.GroupName!)}
            policies={permissions.data?.flatMap((p) => (p.arn && p.holder.kind === "user" ? p.arn : []))}
          />
          {add.error && <Failure error={add.error} />}
        </SpaceBetween>
      </Form>
    </Page>
  );
}
