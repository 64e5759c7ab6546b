import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { signin } from "../session/api";
import { useNotifications } from "../shell/notifications";

const key = ["signin", "billing-access"];

/** Whether users and roles may see billing information at all: the root user says so. */
export function BillingAccess({ root }: { root: boolean }) {
  const access = useAws(key, () => signin.billingAccess());
  const [editing, setEditing] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="With it, IAM users and roles see what was used and what it costs, if their policies allow them to. Without it only the root user does."
          actions={
            <Button disabled={!root || !access.data} disabledReason="Only the root user can change it." onClick={() => setEditing(true)}>
              Edit
            </Button>
          }
        >
          IAM user and role access to Billing information
        </Header>
      }
    >
      <Loaded query={access}>
        {({ Activated }) => (
          <>
            {Activated ? <StatusIndicator>Activated</StatusIndicator> : <StatusIndicator type="stopped">Deactivated</StatusIndicator>}
            {editing && <Edit activated={Activated} onClose={() => setEditing(false)} />}
          </>
        )}
      </Loaded>
    </Container>
  );
}

function Edit({ activated, onClose }: { activated: boolean; onClose: () => void }) {
  const [on, setOn] = useState(activated);
  const { notify } = useNotifications();
  const change = useAwsChange(async () => {
    await signin.setBillingAccess({ Activated: on });
    notify({ type: "success", header: `Access to billing information is ${on ? "activated" : "deactivated"}.` });
  }, [key]);
  return (
    <FormModal
      title="IAM user and role access to Billing information"
      verb="Update"
      ready={on !== activated}
      onSubmit={() => change.mutateAsync()}
      onClose={onClose}
    >
      <Alert>Users still need policies that allow them to see it.</Alert>
      <Checkbox checked={on} onChange={({ detail }) => setOn(detail.checked)}>
        Activate IAM access
      </Checkbox>
    </FormModal>
  );
}
