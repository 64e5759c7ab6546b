import { DeletePolicyVersionCommand, SetDefaultPolicyVersionCommand, type PolicyVersion } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { useAwsChange } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { CodeEditor } from "../../parts/code_editor";
import { DeleteModal } from "../../parts/delete_modal";
import { Loaded } from "../../parts/loaded";
import { ResourceTable } from "../../parts/resource_table";
import { Time } from "../../parts/time";
import { useNotifications } from "../../shell/notifications";
import { policyPage } from "../../parts/policies";
import { maxVersions, useVersion, useVersions } from "./versions";

interface PolicyVersionsProps {
  arn: string;
  /** The policy is the account's own. */
  own: boolean;
}

/** The versions of a policy; one is the default, which is in force. */
export function PolicyVersions({ arn, own }: PolicyVersionsProps) {
  const versions = useVersions(arn);
  const [open, setOpen] = useState<{ what: "show" | "default" | "delete"; version: PolicyVersion }>();
  const close = () => setOpen(undefined);
  return (
    <>
      <ResourceTable
        name="iam.policy-versions"
        nouns={["version", "versions"]}
        title="Policy versions"
        description={`A policy can have up to ${maxVersions} versions. The default version is the one in force.`}
        query={versions}
        id={(v) => v.VersionId!}
        columns={[
          {
            id: "version",
            header: "Version",
            value: (v) => v.VersionId,
            cell: (v) => (
              <Button variant="inline-link" onClick={() => setOpen({ what: "show", version: v })}>
                Version {v.VersionId!.slice(1)}
              </Button>
            ),
            isRowHeader: true,
          },
          {
            id: "default",
            header: "Status",
            value: (v) => (v.IsDefaultVersion ? "Default" : ""),
            cell: (v) => (v.IsDefaultVersion ? <StatusIndicator>Default</StatusIndicator> : "–"),
          },
          { id: "created", header: "Creation time", value: (v) => v.CreateDate, cell: (v) => <Time at={v.CreateDate} /> },
        ]}
        selection={own ? "single" : undefined}
        actions={([version]) =>
          own && (
            <Actions>
              <Button
                disabled={!version || version.IsDefaultVersion}
                onClick={() => setOpen({ what: "delete", version: version! })}
              >
                Delete
              </Button>
              <Button
                disabled={!version || version.IsDefaultVersion}
                onClick={() => setOpen({ what: "default", version: version! })}
              >
                Set as default
              </Button>
              <Button href={`${policyPage(arn)}/edit`}>Create version</Button>
            </Actions>
          )
        }
      />
      {open?.what === "show" && <ShowVersion arn={arn} version={open.version.VersionId!} onClose={close} />}
      {open?.what === "default" && <SetDefault arn={arn} version={open.version.VersionId!} onClose={close} />}
      {open?.what === "delete" && <DeleteVersion arn={arn} version={open.version.VersionId!} onClose={close} />}
    </>
  );
}

interface VersionProps {
  arn: string;
  version: string;
  onClose: () => void;
}

function ShowVersion({ arn, version, onClose }: VersionProps) {
  const document = useVersion(arn, version);
  return (
    <Modal
      visible
      size="large"
      header={`Version ${version.slice(1)}`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button onClick={onClose}>Close</Button>
        </Box>
      }
    >
      <Loaded query={document}>{(text) => <CodeEditor label={`Document of version ${version}`} value={text} />}</Loaded>
    </Modal>
  );
}

function SetDefault({ arn, version, onClose }: VersionProps) {
  const { notify } = useNotifications();
  const set = useAwsChange(
    () => iam().send(new SetDefaultPolicyVersionCommand({ PolicyArn: arn, VersionId: version })),
    [["iam"]],
  );
  return (
    <DeleteModal
      title={`Set version ${version.slice(1)} as default?`}
      verb="Set as default"
      onClose={onClose}
      onDelete={async () => {
        await set.mutateAsync();
        notify({ type: "success", header: `Version ${version.slice(1)} is the default.` });
      }}
    >
      Everybody who has the policy gets the permissions of this version instead of those of the present default.
    </DeleteModal>
  );
}

function DeleteVersion({ arn, version, onClose }: VersionProps) {
  const { notify } = useNotifications();
  const remove = useAwsChange(
    () => iam().send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: version })),
    [["iam"]],
  );
  return (
    <DeleteModal
      title={`Delete version ${version.slice(1)}?`}
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `Version ${version.slice(1)} deleted.` });
      }}
    >
      This version is deleted permanently. It is not in force.
    </DeleteModal>
  );
}
