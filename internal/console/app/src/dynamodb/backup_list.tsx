import { ListBackupsCommand, type BackupSummary } from "@aws-sdk/client-dynamodb";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { dynamodb } from "../aws/dynamodb";
import { Actions } from "../parts/actions";
import { bytes } from "../parts/bytes";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { CreateBackup } from "./create_backup";
import { DeleteBackup } from "./delete_backup";
import { backupHref, restoreBackupHref, words } from "./describe";
import { useProgress } from "./load";
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
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<BackupSummary>();
  return (
    <>
      <ResourceTable
        variant={fullPage ? "full-page" : "container"}
        name="dynamodb.backups"
        nouns={["backup", "backups"]}
        description="A backup has the items and settings of a table as they were when it was created, and is kept until it is deleted."
        query={backups}
        id={(b) => b.BackupArn!}
        columns={columns}
        sortedBy="created"
        descending
        selection="single"
        emptyAction={<Button onClick={() => setCreating(true)}>Create backup</Button>}
        actions={([backup]) => (
          <Actions>
            <Button disabled={backup?.BackupStatus !== "AVAILABLE"} href={backup && restoreBackupHref(backup.BackupArn!)}>
              Restore
            </Button>
            <Button disabled={!backup} onClick={() => setDeleting(backup)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => setCreating(true)}>
              Create backup
            </Button>
          </Actions>
        )}
      />
      {creating && <CreateBackup table={table} onClose={() => setCreating(false)} />}
      {deleting && <DeleteBackup backup={deleting} onClose={() => setDeleting(undefined)} />}
    </>
  );
}

const columns: Column<BackupSummary>[] = [
  {
    id: "name",
    header: "Name",
    value: (b) => b.BackupName,
    cell: (b) => <Link href={backupHref(b.BackupArn!)}>{b.BackupName}</Link>,
    isRowHeader: true,
    minWidth: 160,
  },
  { id: "status", header: "Status", value: (b) => b.BackupStatus, cell: (b) => <Status of={b.BackupStatus} />, minWidth: 120 },
  { id: "created", header: "Created", value: (b) => b.BackupCreationDateTime, cell: (b) => <Time at={b.BackupCreationDateTime} />, minWidth: 265 },
  { id: "table", header: "Table", value: (b) => b.TableName, cell: (b) => b.TableName, minWidth: 110 },
  { id: "type", header: "Type", value: (b) => b.BackupType, cell: (b) => words(b.BackupType ?? "USER"), minWidth: 90 },
  { id: "size", header: "Size", value: (b) => b.BackupSizeBytes, cell: (b) => bytes(b.BackupSizeBytes), minWidth: 130 },
  { id: "arn", header: "Backup ARN", value: (b) => b.BackupArn, cell: (b) => b.BackupArn, hidden: true },
];

async function load(TableName?: string): Promise<BackupSummary[]> {
  const all: BackupSummary[] = [];
  let ExclusiveStartBackupArn: string | undefined;
  do {
    const page = await dynamodb().send(new ListBackupsCommand({ TableName, ExclusiveStartBackupArn, BackupType: "ALL" }));
    all.push(...(page.BackupSummaries ?? []));
    ExclusiveStartBackupArn = page.LastEvaluatedBackupArn;
  } while (ExclusiveStartBackupArn);
  return all;
}
