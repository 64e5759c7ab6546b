import Alert from "@cloudscape-design/components/alert";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Copy } from "../parts/copy";

/** NoSQL Workbench names another server only as "DynamoDB local", for which it has no fields for a key. */
export function Workbench({ endpoint, open }: { endpoint: string; open: boolean }) {
  const url = new URL(endpoint);
  return (
    <SpaceBetween size="m">
      {!open && (
        <Alert type="info" header="A connection of the kind DynamoDB local has no fields for a key">
          It signs with a key of its own, which this server does not know: it serves such a connection only when it runs with
          --auth=open. Here, enter the settings of the AWS CLI on the first tab into ~/.aws, and choose that profile in NoSQL Workbench:
          versions that read endpoint_url from the profile connect to this server.
        </Alert>
      )}
      <div>
        In <b>Operation builder</b>, choose <b>Add connection</b>, then <b>DynamoDB local</b>, and enter:
      </div>
      <KeyValuePairs
        columns={3}
        items={[
          { label: "Connection name", value: <Copy text="Stator" /> },
          { label: "Hostname", value: <Copy text={url.hostname} /> },
          { label: "Port", value: <Copy text={url.port || (url.protocol === "https:" ? "443" : "80")} /> },
        ]}
      />
      <Link external href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/workbench.querybuilder.connect.html">
        Connecting to live datasets, in the DynamoDB Developer Guide
      </Link>
    </SpaceBetween>
  );
}
