import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useAws } from "../aws/query";
import { Copy } from "../parts/copy";
import { download } from "../parts/download";
import { Loaded } from "../parts/loaded";
import { sources, type Configuration, type ServiceProvider } from "./sources";

/** What is entered at the provider that people come from. */
export function ProviderSettings({ store, configuration }: { store: string; configuration: Configuration }) {
  const { ConfigurationId, Type } = configuration;
  const provider = useAws(["sso-directory", "ServiceProvider", ConfigurationId], () =>
    sources.serviceProvider({ IdentityStoreId: store, ConfigurationId }),
  );
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`Enter these values at ${configuration.Name}.`}
          actions={
            Type === "SAML" && (
              <Button
                iconName="download"
                disabled={!provider.data}
                onClick={() => download("service-provider-metadata.xml", "text/plain", provider.data!.Metadata)}
              >
                Download metadata file
              </Button>
            )
          }
        >
          {Type === "SAML" ? "Service provider metadata" : "Client settings"}
        </Header>
      }
    >
      <Loaded query={provider}>
        {(provider) => (
          <KeyValuePairs
            columns={1}
            items={(Type === "SAML" ? samlValues(provider) : oidcValues(provider)).map(([label, text]) => ({
              label,
              value: (
                <span className="breaks">
                  <Copy text={text} />
                </span>
              ),
            }))}
          />
        )}
      </Loaded>
    </Container>
  );
}

const samlValues = (p: ServiceProvider): [string, string][] => [
  ["IAM Identity Center Assertion Consumer Service (ACS) URL", p.AcsUrl],
  ["IAM Identity Center issuer URL", p.EntityId],
  ["Single logout URL", p.SloUrl],
  ["Metadata URL", p.MetadataUrl],
];

const oidcValues = (p: ServiceProvider): [string, string][] => [
  ["Redirect URL", p.OidcRedirectUrl],
  ["Back-channel logout URL", p.OidcBackchannelLogoutUrl],
  ["Post-logout redirect URL", p.OidcPostLogoutUrl],
];
