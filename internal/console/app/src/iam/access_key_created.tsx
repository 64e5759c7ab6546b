import type { AccessKey } from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { csv, download } from "../parts/download";
import { Secret } from "../parts/secret";

/** The one time that a secret access key can be seen. */
export function KeyCreated({ accessKey, back }: { accessKey: AccessKey; back: string }) {
  const { AccessKeyId, SecretAccessKey, UserName } = accessKey;
  const save = () =>
    download(
      `${UserName}_accessKeys.csv`,
      "text/csv",
      csv([
        ["Access key ID", "Secret access key"],
        [AccessKeyId, SecretAccessKey],
      ]),
    );
  return (
    <SpaceBetween size="l">
      <Alert type="success" header="Access key created">
        This is the only time that the secret access key can be viewed or downloaded. You cannot recover it later. However, you can
        create a new access key any time.
      </Alert>
      <Container header={<Header variant="h2">Access key</Header>}>
        <KeyValuePairs
          columns={2}
          minColumnWidth={180}
          items={[
            { label: "Access key", value: <Copy text={AccessKeyId!} /> },
            { label: "Secret access key", value: <Secret name="secret access key" text={SecretAccessKey!} /> },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">Access key best practices</Header>}>
        <ul>
          <li>Never store your access key in plain text, in a code repository, or in code.</li>
          <li>Disable or delete access key when no longer needed.</li>
          <li>Enable least-privilege permissions.</li>
          <li>Rotate access keys regularly.</li>
        </ul>
        The settings for the AWS CLI, the SDKs and other tools are under <Link href="/console/connect">Connect</Link>.
      </Container>
      <Box float="right">
        <Actions>
          <Button iconName="download" onClick={save}>
            Download .csv file
          </Button>
          <Button variant="primary" href={back}>
            Done
          </Button>
        </Actions>
      </Box>
    </SpaceBetween>
  );
}
