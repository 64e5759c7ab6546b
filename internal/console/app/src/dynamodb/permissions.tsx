import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-dynamodb";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { DeleteModal } from "../parts/delete_modal";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { useNotifications } from "../shell/notifications";
import type { TabProps } from "./describe";
import { PolicyEditor } from "./policy_editor";

interface Kept {
  text: string;
  revision?: string;
}

/** The policies of the table and of its latest stream. */
export default function Permissions({ table }: TabProps) {
  const resources = [
    { value: table.TableArn!, label: `Table: ${table.TableName}` },
    ...(table.LatestStreamArn ? [{ value: table.LatestStreamArn, label: `Stream: ${table.LatestStreamLabel}` }] : []),
  ];
  const [chosen, setChosen] = useState(resources[0]!);
  return (
    <SpaceBetween size="l">
      {resources.length > 1 && (
        <FormField label="Resource">
          <Select
            options={resources}
            selectedOption={chosen}
            onChange={({ detail }) => setChosen(resources.find((r) => r.value === detail.selectedOption.value)!)}
          />
        </FormField>
      )}
      <ResourcePolicy key={chosen.value} arn={chosen.value} />
    </SpaceBetween>
  );
}

function ResourcePolicy({ arn }: { arn: string }) {
  const policy = useAws(["dynamodb", "GetResourcePolicy", arn], () => load(arn));
  const [draft, setDraft] = useState<string>();
  const [deleting, setDeleting] = useState(false);
  const { notify } = useNotifications();
  const remove = useAwsChange(
    () => dynamodb().send(new DeleteResourcePolicyCommand({ ResourceArn: arn })),
    [["dynamodb", "GetResourcePolicy", arn]],
  );
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Says who may access the resource, other AWS accounts too, beside the policies of the identities themselves."
          actions={
            policy.data &&
            draft === undefined && (
              <Actions>
                {policy.data.text && <Button onClick={() => setDeleting(true)}>Delete policy</Button>}
                <Button variant="primary" onClick={() => setDraft(policy.data.text || example(arn))}>
                  {policy.data.text ? "Edit policy" : "Create policy"}
                </Button>
              </Actions>
            )
          }
        >
          Resource-based policy
        </Header>
      }
    >
      <Loaded query={policy}>
        {(kept) => {
          if (draft !== undefined)
            return <Editor arn={arn} kept={kept} draft={draft} setDraft={setDraft} onClose={() => setDraft(undefined)} />;
          return kept.text ? (
            <CodeEditor label="Resource-based policy" value={kept.text} />
          ) : (
            <Box textAlign="center" color="text-body-secondary" padding="l">
              <Box variant="strong">No resource-based policy</Box>
              <Box>Who may access the resource is decided by the policies of identities alone.</Box>
            </Box>
          );
        }}
      </Loaded>
      {deleting && (
        <DeleteModal
          title="Delete the resource-based policy?"
          typed="confirm"
          onClose={() => setDeleting(false)}
          onDelete={async () => {
            await remove.mutateAsync();
            notify({ type: "success", header: "The resource-based policy was deleted." });
          }}
        >
          Who has access by this policy alone loses it.
        </DeleteModal>
      )}
    </Container>
  );
}

interface EditorProps {
  arn: string;
  kept: Kept;
  draft: string;
  setDraft: (text: string) => void;
  onClose: () => void;
}

function Editor({ arn, kept, draft, setDraft, onClose }: EditorProps) {
  const [confirmed, setConfirmed] = useState(false);
  const { notify } = useNotifications();
  const save = useAwsChange(
    () =>
      dynamodb().send(
        new PutResourcePolicyCommand({
          ResourceArn: arn,
          Policy: draft,
          // Somebody else's change in the meantime is not overwritten.
          ExpectedRevisionId: kept.revision ?? "NO_POLICY",
          ConfirmRemoveSelfResourceAccess: confirmed,
        }),
      ),
    [["dynamodb", "GetResourcePolicy", arn]],
  );
  const submit = () =>
    save.mutate(undefined, {
      onSuccess: () => {
        notify({ type: "success", header: "The resource-based policy was saved." });
        onClose();
      },
    });
  return (
    <SpaceBetween size="m">
      <PolicyEditor value={draft} onChange={setDraft} />
      <Checkbox checked={confirmed} onChange={({ detail }) => setConfirmed(detail.checked)}>
        Allow that the policy removes my own permission to change it
      </Checkbox>
      {save.error && <Failure error={save.error} />}
      <Actions>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="primary" disabled={!draft.trim()} loading={save.isPending} onClick={submit}>
          Save policy
        </Button>
      </Actions>
    </SpaceBetween>
  );
}

async function load(ResourceArn: string): Promise<Kept> {
  try {
    const { Policy, RevisionId } = await dynamodb().send(new GetResourcePolicyCommand({ ResourceArn }));
    return { text: pretty(Policy ?? ""), revision: RevisionId };
  } catch (e) {
    if (e instanceof Error && e.name === "PolicyNotFoundException") return { text: "" };
    throw e;
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Where to begin: the account itself may read. */
const example = (arn: string) =>
  JSON.stringify(
    {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Statement1",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${arn.split(":")[4]}:root` },
          Action: arn.includes("/stream/") ? ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"] : ["dynamodb:GetItem", "dynamodb:Query"],
          Resource: arn,
        },
      ],
    },
    null,
    2,
  );
