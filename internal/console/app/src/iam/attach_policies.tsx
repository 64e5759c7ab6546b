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
import { policyNameOf } from "../parts/policies";
import { policiesOf, principalPage, usePermissions } from "./permissions";
import { PolicyPicker } from "../parts/policy_picker";
import { usePrincipalOfPage } from "./principal_of_page";

/** Attaches managed policies to a group or a role. A user's page has more: add_permissions.tsx. */
export default function AttachPolicies() {
  const { of, breadcrumbs } = usePrincipalOfPage();
  const { notify } = useNotifications();
  const permissions = usePermissions(of);
  const [selected, setSelected] = useState<string[]>([]);
  const attach = useAwsChange(
    async () => {
      for (const arn of selected) await policiesOf(of).attach(arn);
    },
    [["iam"]],
  );
  const submit = async () => {
    await attach.mutateAsync();
    notify({ type: "success", header: `Attached ${selected.map(policyNameOf).join(", ")} to ${of.kind} ${of.name}.` });
    navigate(principalPage(of));
  };
  return (
    <Page title="Attach permissions policies" breadcrumbs={breadcrumbs}>
      <Form
        actions={
          <Actions>
            <Button variant="link" href={principalPage(of)}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={!selected.length}
              loading={attach.isPending}
              onClick={() => submit().catch(() => {})}
            >
              Attach policies
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <PolicyPicker
            title="Other permissions policies"
            description={`You can attach up to 10 managed policies to a ${of.kind}.`}
            selected={selected}
            onChange={setSelected}
            without={permissions.data?.flatMap((p) => p.arn ?? [])}
          />
          {attach.error && <Failure error={attach.error} />}
        </SpaceBetween>
      </Form>
    </Page>
  );
}
