import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { AuthorityField } from "./authority_field";
import type { FieldsProps } from "./change_source";
import type { SourceDraft } from "./source_draft";

type Text = { [K in keyof SourceDraft]: SourceDraft[K] extends string ? K : never }[Exclude<keyof SourceDraft, "type" | "matchBy">];

export function LdapFields({ value, saved, onChange }: FieldsProps) {
  const field = (name: Text, label: string, hint?: string) => (
    <FormField label={label} constraintText={hint}>
      <Input value={value[name]} autoComplete={false} onChange={({ detail }) => onChange({ [name]: detail.value })} />
    </FormField>
  );
  return (
    <Container header={<Header variant="h2" description="People's passwords are checked there, and who they are is read from there.">LDAP directory</Header>}>
      <SpaceBetween size="l">
        <FormField label="Kind">
          <RadioGroup
            value={value.activeDirectory ? "ad" : "ldap"}
            items={[
              { value: "ldap", label: "LDAP", description: "Such as OpenLDAP, 389 Directory Server." },
              { value: "ad", label: "Active Directory" },
            ]}
            onChange={({ detail }) => onChange({ activeDirectory: detail.value === "ad" })}
          />
        </FormField>
        <FormField label="Server URLs" constraintText="One a line, tried in turn. Such as ldaps://ldap.example.com.">
          <Textarea value={value.urls} rows={2} spellcheck={false} onChange={({ detail }) => onChange({ urls: detail.value })} />
        </FormField>
        <Checkbox checked={value.startTls} description="Of ldap:// URLs. Passwords must not be readable on the network." onChange={({ detail }) => onChange({ startTls: detail.checked })}>
          Encrypt with StartTLS
        </Checkbox>
        {field("bindDn", "Bind DN", "Whom the server reads as, such as cn=reader,dc=example,dc=com. Empty: nobody.")}
        <FormField label="Bind password" description={saved && "Leave it empty to keep the one there is."}>
          <Input type="password" value={value.bindPassword} autoComplete="off" onChange={({ detail }) => onChange({ bindPassword: detail.value })} />
        </FormField>
        {field("userBase", "User base", "The distinguished name below which users are, such as ou=people,dc=example,dc=com.")}
        {field("groupBase", "Group base - optional", "Below which groups are, such as ou=groups,dc=example,dc=com.")}
        {field("minutes", "Minutes between syncs", "1 to 1440. Who is gone there is disabled here within this time.")}
        <ExpandableSection headerText="More settings">
          <SpaceBetween size="l">
            {field("userFilter", "User filter", "Such as (objectClass=inetOrgPerson).")}
            {field("groupFilter", "Group filter", "Such as (objectClass=groupOfNames).")}
            {field("memberAttribute", "Member attribute", "Of groups, such as member.")}
            {field("uniqueId", "Unique ID attribute", "By which an entry is known when it is renamed, such as entryUUID.")}
            <Checkbox checked={value.nested} onChange={({ detail }) => onChange({ nested: detail.checked })}>
              Members of groups in a group are members of it
            </Checkbox>
            <AuthorityField value={value.authority} onChange={(authority) => onChange({ authority })} />
          </SpaceBetween>
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}
