import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams } from "../shell/params";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useUnsaved } from "../shell/unsaved";
import { policiesOf, principalPage, type Principal } from "./permissions";
import { emptyDocument, prettyText } from "./policies/document";
import { PolicyEditor } from "./policies/policy_editor";
import { usePrincipalOfPage } from "./principal_of_page";

/** Creates an inline policy of a user, group or role, or edits the one that the address names. */
export default function InlinePolicy() {
  const { of, breadcrumbs } = usePrincipalOfPage();
  const { policy } = useParams<{ policy?: string }>();
  const document = useAws(
    ["iam", "InlinePolicy", of.kind, of.name, policy],
    async () => (policy === undefined ? emptyDocument : prettyText(await policiesOf(of).getInline(policy))),
  );
  return (
    <Page
      title={policy === undefined ? "Create inline policy" : `Edit ${policy}`}
      breadcrumbs={breadcrumbs}
      description={`An inline policy belongs to this ${of.kind} alone, and is deleted with it.`}
    >
      <Loaded query={document}>{(text) => <Editor of={of} policy={policy} initial={text} />}</Loaded>
    </Page>
  );
}

function Editor({ of, policy, initial }: { of: Principal; policy: string | undefined; initial: string }) {
  const { notify } = useNotifications();
  const [name, setName] = useState(policy ?? "");
  const [document, setDocument] = useState(initial);
  const [missing, setMissing] = useState(false);
  useUnsaved(document !== initial || name !== (policy ?? ""));
  const put = useAwsChange(() => policiesOf(of).putInline(name, document), [["iam"]]);
  const submit = async () => {
    setMissing(!name);
    if (!name) return;
    await put.mutateAsync();
    notify({ type: "success", header: `Policy ${name} ${policy === undefined ? "created" : "saved"}.` });
    navigate(principalPage(of));
  };
  return (
    <Form
      actions={
        <Actions>
          <Button variant="link" href={principalPage(of)}>
            Cancel
          </Button>
          <Button variant="primary" loading={put.isPending} onClick={() => submit().catch(() => {})}>
            {policy === undefined ? "Create policy" : "Save changes"}
          </Button>
        </Actions>
      }
    >
      <SpaceBetween size="l">
        {policy === undefined && (
          <Container>
            <FormField
              label="Policy name"
              constraintText="At most 128 characters. Use alphanumeric and +=,.@_- characters."
              errorText={missing && !name && "Enter a name."}
            >
              <Input value={name} onChange={({ detail }) => setName(detail.value)} />
            </FormField>
          </Container>
        )}
        <PolicyEditor document={document} onChange={setDocument} />
        {put.error && <Failure error={put.error} />}
      </SpaceBetween>
    </Form>
  );
}
