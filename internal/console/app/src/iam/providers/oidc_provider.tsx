import {
  AddClientIDToOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { iam } from "../../aws/iam";
import { useAws } from "../../aws/query";
import { Copy } from "../../parts/copy";
import { Loaded } from "../../parts/loaded";
import { Time } from "../../parts/time";
import { SectionTabs } from "../../parts/section_tabs";
import { TagsPanel } from "../../parts/tags_panel";
import { TextList } from "./text_list";

export function OIDCProvider({ arn }: { arn: string }) {
  const OpenIDConnectProviderArn = arn;
  const query = useAws(["iam", "GetOpenIDConnectProvider", "whole", arn], () =>
    iam().send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })),
  );
  return (
    <Loaded query={query}>
      {(provider) => {
        const thumbprints = provider.ThumbprintList ?? [];
        const setThumbprints = (ThumbprintList: string[]) =>
          iam().send(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }));
        return (
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">Summary</Header>}>
              <KeyValuePairs
                columns={3}
                minColumnWidth={180}
                items={[
                  { label: "Provider", value: provider.Url },
                  { label: "Provider type", value: "OpenID Connect" },
                  { label: "Creation time", value: <Time at={provider.CreateDate} /> },
                  { label: "ARN", value: <Copy text={arn} /> },
                ]}
              />
            </Container>
            <SectionTabs
              label="Identity provider"
              tabs={[
                {
                  id: "audiences",
                  label: "Audiences",
                  content: (
                    <TextList
                      nouns={["audience", "audiences"]}
                      description="Also known as client IDs: the applications whose tokens are accepted."
                      texts={provider.ClientIDList ?? []}
                      onAdd={(ClientID) =>
                        iam().send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }))
                      }
                      onRemove={(ClientID) =>
                        iam().send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }))
                      }
                      query={query}
                    />
                  ),
                },
                {
                  id: "thumbprints",
                  label: "Endpoint verification",
                  content: (
                    <TextList
                      nouns={["thumbprint", "thumbprints"]}
                      description="Of the certificates of the authorities that the provider's server certificate may be from, 40 hexadecimal digits each."
                      texts={thumbprints}
                      onAdd={(t) => setThumbprints([...thumbprints, t.replace(/[\s:]/g, "")])}
                      onRemove={(t) => setThumbprints(thumbprints.filter((other) => other !== t))}
                      query={query}
                    />
                  ),
                },
                {
                  id: "tags",
                  label: "Tags",
                  content: (
                    <TagsPanel
                      service="iam"
                      tags={{ ...query, data: provider.Tags ?? [] }}
                      tag={(Tags) => iam().send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags }))}
                      untag={(TagKeys) => iam().send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys }))}
                    />
                  ),
                },
              ]}
            />
          </SpaceBetween>
        );
      }}
    </Loaded>
  );
}
