import { Page } from "../shell/page";
import { ExportList } from "./export_list";

export default function Exports() {
  return (
    <Page title="Exports to S3" breadcrumbs={[["DynamoDB", "/console/dynamodb"]]} heading={false}>
      <ExportList fullPage />
    </Page>
  );
}
