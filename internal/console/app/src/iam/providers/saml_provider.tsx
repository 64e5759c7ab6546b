import {
  GetSAMLProviderCommand,
  TagSAMLProviderCommand,
  UntagSAMLProviderCommand,
  UpdateSAMLProviderCommand,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { useAws, useAwsChange } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { CodeEditor } from "../../parts/code_editor";
import { Copy } from "../../parts/copy";
import { download } from "../../parts/download";
import { FormModal } from "../../parts/form_modal";
import { Loaded } from "../../parts/loaded";
import { Time } from "../../parts/time";
import { useNotifications } from "../../shell/notifications";
import { SectionTabs } from "../../parts/section_tabs";
import { TagsPanel } from "../../parts/tags_panel";
import { nameOf } from "./list";
import { MetadataField } from "./metadata";

export function SAMLProvider({ arn }: { arn: string }) {
  const SAMLProviderArn = arn;
  const [replacing, setReplacing] = useState(false);
  const query = useAws(["iam", "GetSAMLProvider", arn], () => iam().send(new GetSAMLProviderCommand({ SAMLProviderArn })));
  return (
    <Loaded query={query}>
      {(provider) => (
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Summary</Header>}>
            <KeyValuePairs
              columns={3}
              minColumnWidth={180}
              items={[
                { label: "Provider type", value: "SAML" },
                { label: "Creation time", value: <Time at={provider.CreateDate} /> },
                { label: "Valid until", value: <Time at={provider.ValidUntil} /> },
                { label: "ARN", value: <Copy text={arn} /> },
              ]}
            />
          </Container>
          <SectionTabs
            label="Identity provider"
            tabs={[
              {
                id: "metadata",
                label: "SAML metadata",
                content: (
                  <Container
                    header={
                      <Header
                        variant="h2"
                        actions={
                          <Actions>
                            <Button
                              onClick={() => download(`${nameOf(arn)}.xml`, "text/plain", provider.SAMLMetadataDocument ?? "")}
                            >
                              Download metadata
                            </Button>
                            <Button onClick={() => setReplacing(true)}>Replace metadata</Button>
                          </Actions>
                        }
                      >
                        Metadata document
                      </Header>
                    }
                  >
                    <CodeEditor label="Metadata document" language="text" value={provider.SAMLMetadataDocument ?? ""} />
                  </Container>
                ),
              },
              {
                id: "tags",
                label: "Tags",
                content: (
                  <TagsPanel
                    service="iam"
                    tags={{ ...query, data: provider.Tags ?? [] }}
                    tag={(Tags) => iam().send(new TagSAMLProviderCommand({ SAMLProviderArn, Tags }))}
                    untag={(TagKeys) => iam().send(new UntagSAMLProviderCommand({ SAMLProviderArn, TagKeys }))}
                  />
                ),
              },
            ]}
          />
          {replacing && <ReplaceMetadata arn={arn} onClose={() => setReplacing(false)} />}
        </SpaceBetween>
      )}
    </Loaded>
  );
}

function ReplaceMetadata({ arn, onClose }: { arn: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const [metadata, setMetadata] = useState("");
  const replace = useAwsChange(
    () => iam().send(new UpdateSAMLProviderCommand({ SAMLProviderArn: arn, SAMLMetadataDocument: metadata })),
    [["iam"]],
  );
  return (
    <FormModal
      title="Replace metadata"
      verb="Replace metadata"
      ready={metadata !== ""}
      onClose={onClose}
      onSubmit={async () => {
        await replace.mutateAsync();
        notify({ type: "success", header: `The metadata of ${nameOf(arn)} was replaced.` });
      }}
    >
      <MetadataField onChange={setMetadata} />
    </FormModal>
  );
}
