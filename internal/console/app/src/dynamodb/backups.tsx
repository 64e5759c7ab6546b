import { Page } from "../shell/page";
import { BackupList } from "./backup_list";

export default function Backups() {
  return (
    <Page title="Backups" breadcrumbs={[["DynamoDB", "/console/dynamodb"]]} heading={false}>
      <BackupList fullPage />
    </Page>
  );
}
