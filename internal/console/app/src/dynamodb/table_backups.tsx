import SpaceBetween from "@cloudscape-design/components/space-between";
import { BackupList } from "./backup_list";
import type { TabProps } from "./describe";
import { Recovery } from "./recovery";

export function TableBackups({ table }: TabProps) {
  return (
    <SpaceBetween size="l">
      <Recovery table={table.TableName!} />
      <BackupList table={table.TableName} />
    </SpaceBetween>
  );
}
