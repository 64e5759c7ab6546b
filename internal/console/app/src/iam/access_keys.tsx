import { DeleteAccessKeyCommand, TagUserCommand, UntagUserCommand, UpdateAccessKeyCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { iam } from "../aws/iam";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { useAccessKeys, type AccessKeyRow } from "./access_key_list";
import { principalPage } from "./permissions";

const known = (value: string | undefined) => (value && value !== "N/A" ? value : "–");

const columns: Column<AccessKeyRow>[] = [
  {
    id: "id",
    header: "Access key ID",
    value: (k) => k.AccessKeyId,
    cell: (k) => <Copy text={k.AccessKeyId!} />,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "description", header: "Description", value: (k) => k.description, cell: (k) => k.description ?? "–" },
  {
    id: "status",
    header: "Status",
    value: (k) => k.Status,
    cell: (k) => <StatusIndicator type={k.Status === "Active" ? "success" : "stopped"}>{k.Status}</StatusIndicator>,
  },
  {
    id: "used",
    header: "Last used",
    value: (k) => k.lastUsed?.LastUsedDate,
    cell: (k) => (k.lastUsed && !k.lastUsed.LastUsedDate ? "Never" : <Time at={k.lastUsed?.LastUsedDate} as="ago" />),
  },
  { id: "region", header: "Last used region", value: (k) => k.lastUsed?.Region, cell: (k) => known(k.lastUsed?.Region) },
  {
    id: "service",
    header: "Last used service",
    value: (k) => k.lastUsed?.ServiceName,
    cell: (k) => known(k.lastUsed?.ServiceName),
  },
  { id: "created", header: "Created", value: (k) => k.CreateDate, cell: (k) => <Time at={k.CreateDate} as="ago" /> },
];

interface AccessKeysProps {
  user: string;
  /** The page that makes a key. */
  create?: string;
}

/** The access keys of a user. */
export function AccessKeys({ user, create = principalPage({ kind: "user", name: user }, "create-access-key") }: AccessKeysProps) {
  const keys = useAccessKeys(user);
  const { notify } = useNotifications();
  const [open, setOpen] = useState<{ what: "activate" | "deactivate" | "delete" | "describe"; key: AccessKeyRow }>();
  const close = () => setOpen(undefined);
  const update = useAwsChange(
    ({ AccessKeyId, Status }: AccessKeyRow) =>
      iam().send(
        new UpdateAccessKeyCommand({ UserName: user, AccessKeyId, Status: Status === "Active" ? "Inactive" : "Active" }),
      ),
    [["iam"]],
  );
  const remove = useAwsChange(
    ({ AccessKeyId }: AccessKeyRow) => iam().send(new DeleteAccessKeyCommand({ UserName: user, AccessKeyId })),
    [["iam"]],
  );
  const full = (keys.data?.length ?? 0) >= 2;
  return (
    <>
      <ResourceTable
        name="iam.access-keys"
        nouns={["access key", "access keys"]}
        description="Use access keys to send programmatic calls from the AWS CLI, AWS SDKs, or direct API calls. You can have a maximum of two access keys (active or inactive) at a time."
        query={keys}
        id={(k) => k.AccessKeyId!}
        columns={columns}
        selection="single"
        sortedBy="created"
        emptyAction={<Button href={create}>Create access key</Button>}
        actions={([key]) => (
          <Actions>
            <ButtonDropdown
              disabled={!key}
              items={[
                key?.Status === "Active" ? { id: "deactivate", text: "Deactivate" } : { id: "activate", text: "Activate" },
                { id: "describe", text: "Edit description" },
                { id: "delete", text: "Delete", disabled: key?.Status === "Active", disabledReason: "Deactivate the key first." },
              ]}
              onItemClick={({ detail }) => setOpen({ what: detail.id as NonNullable<typeof open>["what"], key: key! })}
            >
              Actions
            </ButtonDropdown>
            <Button
              href={full ? undefined : create}
              disabled={full}
              disabledReason="A user can have two access keys. Delete one first."
            >
              Create access key
            </Button>
          </Actions>
        )}
      />
      {(open?.what === "activate" || open?.what === "deactivate") && (
        <DeleteModal
          title={`${open.what === "activate" ? "Activate" : "Deactivate"} ${open.key.AccessKeyId}?`}
          verb={open.what === "activate" ? "Activate" : "Deactivate"}
          onClose={close}
          onDelete={async () => {
            await update.mutateAsync(open.key);
            notify({ type: "success", header: `Access key ${open.key.AccessKeyId} ${open.what}d.` });
          }}
        >
          {open.what === "activate"
            ? "Whoever has the key can use it again."
            : "Requests with this key are refused from now on. You can activate it again."}
        </DeleteModal>
      )}
      {open?.what === "delete" && (
        <DeleteModal
          title={`Delete ${open.key.AccessKeyId}?`}
          typed={open.key.AccessKeyId}
          onClose={close}
          onDelete={async () => {
            await remove.mutateAsync(open.key);
            notify({ type: "success", header: `Access key ${open.key.AccessKeyId} deleted.` });
          }}
        >
          The access key is deleted permanently. Programs that use it can&apos;t be helped by anything but another key.
        </DeleteModal>
      )}
      {open?.what === "describe" && <Describe user={user} accessKey={open.key} onClose={close} />}
    </>
  );
}

function Describe({ user, accessKey, onClose }: { user: string; accessKey: AccessKeyRow; onClose: () => void }) {
  const [text, setText] = useState(accessKey.description ?? "");
  const save = useAwsChange(() => describeKey(user, accessKey.AccessKeyId!, text), [["iam"]]);
  return (
    <FormModal title="Edit access key description" verb="Save" onClose={onClose} onSubmit={() => save.mutateAsync()}>
      <FormField label="Description" description="What the key is for, and where it is. It is kept as a tag of the user.">
        <Input value={text} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </FormModal>
  );
}

/** Keeps the description of an access key as a tag of the user; an empty one is none. */
export const describeKey = (UserName: string, id: string, text: string): Promise<unknown> =>
  text
    ? iam().send(new TagUserCommand({ UserName, Tags: [{ Key: id, Value: text }] }))
    : iam().send(new UntagUserCommand({ UserName, TagKeys: [id] }));
