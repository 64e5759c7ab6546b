import {
  CreateBackupCommand,
  DeleteBackupCommand,
  ListBackupsCommand,
  RestoreTableFromBackupCommand,
  type BackupSummary,
} from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { bytes } from "../parts/bytes";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { words } from "./describe";
import { useProgress, useTables } from "./load";
import { isMissing, Missing } from "./missing";
import { RequestModal } from "./request_modal";
import { Status } from "./status";

interface BackupListProps {
  /** Of one table; of all without it. */
  table?: string;
  fullPage?: boolean;
}

export function BackupList({ table, fullPage }: BackupListProps) {
  const backups = useProgress(
    ["dynamodb", "ListBackups", table],
    () => load(table),
    (all) => all.some((b) => b.BackupStatus === "CREATING"),
  );
  const [open, setOpen] = useState<"create" | "restore" | "delete">();
  const [chosen, setChosen] = useState<BackupSummary>();
  const close = () => setOpen(undefined);
  const ask = (what: typeof open, backup?: BackupSummary) => {
    setChosen(backup);
    setOpen(what);
  };
  if (isMissing(backups.error)) {
    return (
      <Container header={<Header variant={fullPage ? "h1" : "h2"}>Backups</Header>}>
        <Missing what="backups" />
      </Container>
    );
  }
  return (
    <>
      <ResourceTable
        variant={fullPage ? "full-page" : "container"}
        name="dynamodb.backups"
        nouns={["backup", "backups"]}
        query={backups}
        id={(b) => b.BackupArn!}
        columns={columns}
        selection="single"
        emptyAction={<Button onClick={() => ask("create")}>Create backup</Button>}
        actions={([backup]) => (
          <Actions>
            <Button disabled={!backup} onClick={() => ask("restore", backup)}>
              Restore
            </Button>
            <Button disabled={!backup} onClick={() => ask("delete", backup)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => ask("create")}>
              Create backup
            </Button>
          </Actions>
        )}
      />
      {open === "create" && <CreateBackup table={table} onClose={close} />}
      {open === "restore" && chosen && <Restore backup={chosen} onClose={close} />}
      {open === "delete" && chosen && <Delete backup={chosen} onClose={close} />}
    </>
  );
}

const columns: Column<BackupSummary>[] = [
  { id: "name", header: "Name", value: (b) => b.BackupName, cell: (b) => b.BackupName, isRowHeader: true },
  { id: "status", header: "Status", value: (b) => b.BackupStatus, cell: (b) => <Status of={b.BackupStatus} /> },
  { id: "table", header: "Table", value: (b) => b.TableName, cell: (b) => b.TableName },
  { id: "type", header: "Type", value: (b) => b.BackupType, cell: (b) => words(b.BackupType ?? "USER") },
  { id: "size", header: "Size", value: (b) => b.BackupSizeBytes, cell: (b) => bytes(b.BackupSizeBytes) },
  { id: "created", header: "Created", value: (b) => b.BackupCreationDateTime, cell: (b) => <Time at={b.BackupCreationDateTime} /> },
];

async function load(TableName?: string): Promise<BackupSummary[]> {
  const all: BackupSummary[] = [];
  let ExclusiveStartBackupArn: string | undefined;
  do {
    const page = await dynamodb().send(new ListBackupsCommand({ TableName, ExclusiveStartBackupArn }));
    all.push(...(page.BackupSummaries ?? []));
    ExclusiveStartBackupArn = page.LastEvaluatedBackupArn;
  } while (ExclusiveStartBackupArn);
  return all;
}

function CreateBackup({ table, onClose }: { table?: string; onClose: () => void }) {
  const tables = useTables();
  return (
    <RequestModal
      title="Create on-demand backup"
      verb="Create backup"
      fields={[
        table === undefined
          ? { id: "table", label: "Source table", options: tables.data?.map((t) => t.TableName) ?? [] }
          : { id: "table", label: "Source table", initial: table, fixed: true },
        { id: "name", label: "Backup name", hint: "Between 3 and 255 characters: letters, numbers, underscores, hyphens and periods." },
      ]}
      done="The backup is being created."
      request={({ table: TableName, name: BackupName }) => dynamodb().send(new CreateBackupCommand({ TableName, BackupName }))}
      onClose={onClose}
    />
  );
}

function Restore({ backup, onClose }: { backup: BackupSummary; onClose: () => void }) {
  return (
    <RequestModal
      title={`Restore ${backup.BackupName}`}
      verb="Restore"
      fields={[{ id: "name", label: "Name of restored table", hint: "A new table is created from the backup." }]}
      done="The table is being restored."
      request={({ name: TargetTableName }) =>
        dynamodb().send(new RestoreTableFromBackupCommand({ TargetTableName, BackupArn: backup.BackupArn }))
      }
      onClose={onClose}
    />
  );
}

function Delete({ backup, onClose }: { backup: BackupSummary; onClose: () => void }) {
  const { notify } = useNotifications();
  const remove = useAwsChange(
    () => dynamodb().send(new DeleteBackupCommand({ BackupArn: backup.BackupArn })),
    [["dynamodb", "ListBackups"]],
  );
  return (
    <DeleteModal
      title={`Delete ${backup.BackupName}?`}
      typed="confirm"
      onClose={onClose}
      onDelete={async () => {
        await remove.mutateAsync();
        notify({ type: "success", header: `The backup ${backup.BackupName} was deleted.` });
      }}
    >
      The backup of <b>{backup.TableName}</b> is deleted permanently. This can&apos;t be undone.
    </DeleteModal>
  );
}
