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
import { CodeEditor } from "../parts/code_editor";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { policiesOf, principalPage, type Principal } from "./permissions";
import { usePrincipalOfPage } from "./principal_of_page";

const template = JSON.stringify(
  { Version: "2012-10-17", Statement: [{ Sid: "Statement1", Effect: "Allow", Action: [], Resource: [] }] },
  null,
  4,
);

/** Creates an inline policy of a user, group or role, or edits the one that the address names. */
export default function InlinePolicy() {
  const { of, breadcrumbs } = usePrincipalOfPage();
  const { policy } = useParams<{ policy?: string }>();
  const document = useAws(
    ["iam", "InlinePolicy", of.kind, of.name, policy],
    async () => (policy === undefined ? template : pretty(await policiesOf(of).getInline(policy))),
  );
  return (
    <Page title={policy === undefined ? "Create inline policy" : `Edit ${policy}`} breadcrumbs={breadcrumbs}>
      <Loaded query={document}>{(text) => <Editor of={of} policy={policy} initial={text} />}</Loaded>
    </Page>
  );
}

function Editor({ of, policy, initial }: { of: Principal; policy: string | undefined; initial: string }) {
  const { notify } = useNotifications();
  const [name, setName] = useState(policy ?? "");
  const [document, setDocument] = useState(initial);
  const [missing, setMissing] = useState(false);
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
        <Container>
          <SpaceBetween size="l">
            {policy === undefined && (
              <FormField
                label="Policy name"
                constraintText="At most 128 characters. Use alphanumeric and +=,.@_- characters."
                errorText={missing && !name && "Enter a name."}
              >
                <Input value={name} onChange={({ detail }) => setName(detail.value)} />
              </FormField>
            )}
            <FormField
              stretch
              label="Policy document"
              description={`An inline policy belongs to this ${of.kind} alone, and is deleted with it.`}
            >
              <CodeEditor label="Policy document" value={document} onChange={setDocument} lines={16} />
            </FormField>
          </SpaceBetween>
        </Container>
        {put.error && <Failure error={put.error} />}
      </SpaceBetween>
    </Form>
  );
}

function pretty(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), null, 4);
  } catch {
    return document;
  }
}
