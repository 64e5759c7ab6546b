// Add an identity provider: "Create an OpenID Connect (OIDC) identity provider in IAM", "Create a SAML identity provider in IAM".
import { CreateOpenIDConnectProviderCommand, CreateSAMLProviderCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { useAwsChange } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { Failure } from "../../parts/failure";
import { TagFields, type TagValue } from "../../parts/tag_fields";
import { navigate } from "../../shell/links";
import { useNotifications } from "../../shell/notifications";
import { Page } from "../../shell/page";
import { nameOf, providerPage } from "./list";
import { MetadataField } from "./metadata";

export default function AddProvider() {
  const { notify } = useNotifications();
  const [type, setType] = useState<"oidc" | "saml">("oidc");
  const [url, setURL] = useState("");
  const [audience, setAudience] = useState("");
  const [thumbprint, setThumbprint] = useState("");
  const [name, setName] = useState("");
  const [metadata, setMetadata] = useState("");
  const [tags, setTags] = useState<TagValue[]>([]);
  const [checked, setChecked] = useState(false);
  const add = useAwsChange(async () => {
    if (type === "saml") {
      const made = await iam().send(new CreateSAMLProviderCommand({ Name: name, SAMLMetadataDocument: metadata, Tags: tags }));
      return made.SAMLProviderArn!;
    }
    const made = await iam().send(
      new CreateOpenIDConnectProviderCommand({
        Url: url,
        ClientIDList: [audience],
        ThumbprintList: thumbprint ? [thumbprint] : undefined,
        Tags: tags,
      }),
    );
    return made.OpenIDConnectProviderArn!;
  }, [["iam"]]);
  const isThumbprint = /^([0-9a-f]{40})?$/i.test(thumbprint);
  const complete = type === "saml" ? name && metadata : /^https:\/\/./.test(url) && audience && isThumbprint;
  const submit = async () => {
    setChecked(true);
    if (!complete) return;
    const arn = await add.mutateAsync();
    notify({ type: "success", header: `Identity provider ${nameOf(arn)} added.` });
    navigate(providerPage(arn));
  };
  return (
    <Page
      title="Add an Identity provider"
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Identity providers", "/console/iam/providers"],
      ]}
    >
      <Form
        actions={
          <Actions>
            <Button variant="link" href="/console/iam/providers">
              Cancel
            </Button>
            <Button variant="primary" loading={add.isPending} onClick={() => void submit().catch(() => {})}>
              Add provider
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Provider details</Header>}>
            <SpaceBetween size="l">
              <FormField label="Provider type">
                <Tiles
                  ariaLabel="Provider type"
                  value={type}
                  items={[
                    { value: "saml", label: "SAML", description: "Establish trust between your account and a SAML 2.0 compatible identity provider such as Shibboleth or Active Directory Federation Services." },
                    { value: "oidc", label: "OpenID Connect", description: "Establish trust between your account and an identity provider of OpenID Connect, such as Google, GitHub or a Kubernetes cluster." },
                  ]}
                  onChange={({ detail }) => setType(detail.value as typeof type)}
                />
              </FormField>
              {type === "saml" ? (
                <SpaceBetween size="l">
                  <FormField
                    label="Provider name"
                    description="Enter a meaningful name to identify this provider."
                    constraintText="Maximum 128 characters. Use alphanumeric or '._-' characters."
                    errorText={checked && !name && "Enter a name."}
                  >
                    <Input value={name} onChange={({ detail }) => setName(detail.value)} />
                  </FormField>
                  <MetadataField onChange={setMetadata} errorText={checked && !metadata && "Choose the metadata document."} />
                </SpaceBetween>
              ) : (
                <SpaceBetween size="l">
                  <FormField
                    label="Provider URL"
                    description="Specify the secure OpenID Connect URL for authentication requests."
                    constraintText="Maximum 255 characters. URL must begin with https://."
                    errorText={checked && !/^https:\/\/./.test(url) && "Enter a URL that begins with https://."}
                  >
                    <Input value={url} placeholder="https://login.example.com" onChange={({ detail }) => setURL(detail.value.trim())} />
                  </FormField>
                  <FormField
                    label="Audience"
                    description="Specify the client ID issued by the identity provider for your app."
                    constraintText="Maximum 255 characters. Use alphanumeric or ':_.-/' characters. More can be added later."
                    errorText={checked && !audience && "Enter an audience."}
                  >
                    <Input value={audience} onChange={({ detail }) => setAudience(detail.value.trim())} />
                  </FormField>
                  <FormField
                    label="Thumbprint - optional"
                    description="Of the certificate of the authority that the provider's server certificate is from. Without it the authorities that the server trusts are enough."
                    constraintText="40 hexadecimal digits: the SHA-1 of the certificate."
                    errorText={checked && !isThumbprint && "Enter 40 hexadecimal digits, or nothing."}
                  >
                    <Input value={thumbprint} onChange={({ detail }) => setThumbprint(detail.value.replace(/[\s:]/g, ""))} />
                  </FormField>
                </SpaceBetween>
              )}
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Add tags - optional</Header>}>
            <TagFields tags={tags} onChange={setTags} />
          </Container>
          {add.error && <Failure error={add.error} />}
        </SpaceBetween>
      </Form>
    </Page>
  );
}
