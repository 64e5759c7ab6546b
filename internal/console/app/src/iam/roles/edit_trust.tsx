import { UpdateAssumeRolePolicyCommand, type Role } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { useAwsChange } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { Failure } from "../../parts/failure";
import { Loaded } from "../../parts/loaded";
import { navigate } from "../../shell/links";
import { useNotifications } from "../../shell/notifications";
import { Page } from "../../shell/page";
import { useUnsaved } from "../../shell/unsaved";
import { principalPage } from "../permissions";
import { prettyText } from "../policies/document";
import { JSONEditor } from "../policies/json_editor";
import { usePrincipalOfPage } from "../principal_of_page";
import { useRole } from "./role";

export default function EditTrust() {
  const { of, breadcrumbs } = usePrincipalOfPage();
  const role = useRole(of.name);
  return (
    <Page
      title="Edit trust policy"
      breadcrumbs={breadcrumbs}
      description="The trust policy says who can assume the role, and under which conditions."
    >
      <Loaded query={role}>{(role) => <Editor role={role} />}</Loaded>
    </Page>
  );
}

function Editor({ role }: { role: Role }) {
  const { notify } = useNotifications();
  const [initial] = useState(() => prettyText(decodeURIComponent(role.AssumeRolePolicyDocument ?? "")));
  const [document, setDocument] = useState(initial);
  useUnsaved(document !== initial);
  const back = `${principalPage({ kind: "role", name: role.RoleName! })}?section=trust_relationships`;
  const save = useAwsChange(
    () => iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: role.RoleName, PolicyDocument: document })),
    [["iam"]],
  );
  const submit = async () => {
    await save.mutateAsync();
    notify({ type: "success", header: "Trust policy updated." });
    navigate(back);
  };
  return (
    <Form
      actions={
        <Actions>
          <Button variant="link" href={back}>
            Cancel
          </Button>
          <Button variant="primary" loading={save.isPending} onClick={() => void submit().catch(() => {})}>
            Update policy
          </Button>
        </Actions>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <JSONEditor label="Trust policy" purpose="trust" value={document} onChange={setDocument} />
        </Container>
        {save.error && <Failure error={save.error} />}
      </SpaceBetween>
    </Form>
  );
}
