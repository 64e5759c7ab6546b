import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAwsChange } from "../../aws/query";
import { DeleteModal } from "../../parts/delete_modal";
import { useNotifications } from "../../shell/notifications";
import { policiesOf } from "../permissions";
import { pretty } from "../policies/document";

/** The name that AWS's console gives the policy ("Revoke IAM role temporary security credentials", IAM User Guide). */
const policyName = "AWSRevokeOlderSessions";

const denyBefore = (time: Date) =>
  pretty({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Action: ["*"],
        Resource: ["*"],
        Condition: { DateLessThan: { "aws:TokenIssueTime": time.toISOString() } },
      },
    ],
  });

export function RevokeSessions({ role }: { role: string }) {
  const { notify } = useNotifications();
  const [asking, setAsking] = useState(false);
  const revoke = useAwsChange(
    () => policiesOf({ kind: "role", name: role }).putInline(policyName, denyBefore(new Date())),
    [["iam"]],
  );
  return (
    <Container header={<Header variant="h2">Revoke active sessions</Header>}>
      <SpaceBetween size="m">
        <Alert type="warning">
          All permissions of all sessions of this role are revoked that began before now: those of people and of programs. Who may
          assume the role can do so again at once, for a new session. The inline policy {policyName} does it.
        </Alert>
        <Button onClick={() => setAsking(true)}>Revoke active sessions</Button>
      </SpaceBetween>
      {asking && (
        <DeleteModal
          title="Revoke active sessions?"
          typed="confirm"
          verb="Revoke active sessions"
          onClose={() => setAsking(false)}
          onDelete={async () => {
            await revoke.mutateAsync();
            notify({ type: "success", header: `The active sessions of ${role} are revoked.` });
          }}
        >
          Whoever uses <b>{role}</b> now is denied everything until they assume it again.
        </DeleteModal>
      )}
    </Container>
  );
}
