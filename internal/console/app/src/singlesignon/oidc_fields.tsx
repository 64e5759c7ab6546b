import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { AuthorityField } from "./authority_field";
import type { FieldsProps } from "./change_source";

export function OidcFields({ value, saved, onChange }: FieldsProps) {
  return (
    <Container header={<Header variant="h2" description="The client that you have registered at your provider.">OpenID Connect</Header>}>
      <SpaceBetween size="l">
        <FormField label="Issuer" constraintText="The https URL below which its /.well-known/openid-configuration is.">
          <Input value={value.issuer} inputMode="url" autoComplete={false} onChange={({ detail }) => onChange({ issuer: detail.value })} />
        </FormField>
        <FormField label="Client ID">
          <Input value={value.clientId} autoComplete={false} onChange={({ detail }) => onChange({ clientId: detail.value })} />
        </FormField>
        <FormField label="Client secret" description={saved ? "Leave it empty to keep the one there is." : "Empty for a public client."}>
          <Input type="password" value={value.clientSecret} autoComplete="off" onChange={({ detail }) => onChange({ clientSecret: detail.value })} />
        </FormField>
        <FormField label="Scopes" constraintText="Besides openid, separated by spaces.">
          <Input value={value.scopes} autoComplete={false} onChange={({ detail }) => onChange({ scopes: detail.value })} />
        </FormField>
        <AuthorityField value={value.authority} onChange={(authority) => onChange({ authority })} />
      </SpaceBetween>
    </Container>
  );
}
