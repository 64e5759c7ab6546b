import { GetOpenIDConnectProviderCommand } from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { iam } from "../../aws/iam";
import { useAws } from "../../aws/query";
import { Failure } from "../../parts/failure";
import { nameOf, useProviders } from "../providers/list";
import { samlAudience, type TrustChoice } from "./trust";

interface FederationFieldsProps {
  trust: TrustChoice;
  set: (changed: Partial<TrustChoice>) => void;
}

/** The identity provider of a role for web identities or SAML 2.0 federation. */
export function FederationFields({ trust, set }: FederationFieldsProps) {
  const web = trust.type === "web";
  const providers = useProviders();
  const options = (providers.data ?? [])
    .filter((p) => p.type === (web ? "OpenID Connect" : "SAML"))
    .map((p) => ({ value: p.arn, label: p.name }));
  const audiences = useAws(
    ["iam", "GetOpenIDConnectProvider", trust.provider],
    async () => (await iam().send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: trust.provider }))).ClientIDList ?? [],
    { enabled: web && trust.provider !== "" },
  );
  return (
    <Container header={<Header variant="h2">{web ? "Web identity" : "SAML 2.0 federation"}</Header>}>
      <SpaceBetween size="l">
        <FormField
          label={web ? "Identity provider" : "SAML 2.0-based provider"}
          description={
            <Link href="/console/iam/providers/create" target="_blank">
              Create new provider
            </Link>
          }
        >
          <Select
            placeholder="Choose provider"
            selectedOption={trust.provider ? { value: trust.provider, label: nameOf(trust.provider) } : null}
            options={options}
            statusType={providers.isPending ? "loading" : "finished"}
            loadingText="Loading providers"
            empty="There are no providers of this type."
            onFocus={() => providers.refetch()}
            onChange={({ detail }) => set({ provider: detail.selectedOption.value!, audience: "" })}
          />
        </FormField>
        {web ? (
          <FormField label="Audience" description="The client ID that the tokens are for.">
            <Select
              placeholder="Choose audience"
              disabled={!trust.provider}
              selectedOption={trust.audience ? { value: trust.audience, label: trust.audience } : null}
              options={audiences.data?.map((value) => ({ value, label: value }))}
              empty="The provider has no audience."
              onChange={({ detail }) => set({ audience: detail.selectedOption.value! })}
            />
          </FormField>
        ) : (
          <FormField label="Value of the attribute SAML:aud" description="What assertions for the AWS console are made for.">
            <span>{samlAudience}</span>
          </FormField>
        )}
        {(providers.error ?? audiences.error) && <Failure error={providers.error ?? audiences.error} />}
      </SpaceBetween>
    </Container>
  );
}
