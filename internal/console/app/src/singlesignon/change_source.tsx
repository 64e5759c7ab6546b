import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useSearchParams } from "../shell/params";
import { leave, useUnsaved } from "../shell/unsaved";
import { InCenter, root } from "./center";
import { LdapFields } from "./ldap_fields";
import { MappingFields } from "./mapping_fields";
import { OidcFields } from "./oidc_fields";
import { SamlFields } from "./saml_fields";
import { draftOf, inputOf, isWhole, noSource, type SourceDraft } from "./source_draft";
import { sources, type SourceType } from "./sources";

const back = "/console/singlesignon/settings?section=identity_source";

/** Adds an identity source, or with ?configuration= edits one. */
export default function ChangeSource() {
  return <InCenter title="Identity source">{({ store }) => <Loading store={store} />}</InCenter>;
}

function Loading({ store }: { store: string }) {
  const [search] = useSearchParams();
  const id = search.get("configuration") ?? "";
  const configuration = useAws(["sso-directory", "Configuration", id], () => sources.describe({ IdentityStoreId: store, ConfigurationId: id }), {
    enabled: id !== "",
  });
  return (
    <Page title={id ? "Edit identity source" : "Add identity source"} breadcrumbs={[root, ["Settings", "/console/singlesignon/settings"]]}>
      {id ? <Loaded query={configuration}>{(c) => <Edit store={store} id={id} initial={draftOf(c)} />}</Loaded> : <Edit store={store} id="" initial={noSource} />}
    </Page>
  );
}

const types: [SourceType, string, string][] = [
  ["SAML", "SAML 2.0", "An identity provider such as Microsoft Entra ID, Okta, Keycloak."],
  ["OIDC", "OpenID Connect", "A provider that has a discovery document."],
  ["LDAP", "LDAP or Active Directory", "A directory: people type its passwords here."],
];

/** Parts of the form are given the whole, and say what they change of it. */
export interface FieldsProps {
  value: SourceDraft;
  /** What there is already has its secrets, which are kept if none are typed. */
  saved: boolean;
  onChange: (part: Partial<SourceDraft>) => void;
}

function Edit({ store, id, initial }: { store: string; id: string; initial: SourceDraft }) {
  const { notify } = useNotifications();
  const [draft, setDraft] = useState(initial);
  const save = useAwsChange(async () => {
    const input = inputOf(draft, location.origin);
    if (id) await sources.update({ IdentityStoreId: store, ConfigurationId: id, ...input });
    else await sources.create({ IdentityStoreId: store, Type: draft.type, ...input });
  }, [["sso-directory"]]);
  useUnsaved(draft !== initial && !save.isSuccess);
  const submit = async () => {
    await save.mutateAsync();
    notify({
      type: "success",
      header: `The identity source ${draft.name.trim()} is saved.`,
      content: !id && "It is not in use yet: choose it and Enable, which tries it first.",
    });
    navigate(back);
  };
  const fields = { value: draft, saved: id !== "", onChange: (part: Partial<SourceDraft>) => setDraft({ ...draft, ...part }) };
  return (
    <Form
      actions={
        <Actions>
          <Button variant="link" onClick={() => leave(back)}>
            Cancel
          </Button>
          <Button variant="primary" disabled={!isWhole(draft)} loading={save.isPending} onClick={() => void submit().catch(() => {})}>
            {id ? "Save changes" : "Add identity source"}
          </Button>
        </Actions>
      }
    >
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Identity source</Header>}>
          <SpaceBetween size="l">
            <FormField label="Name" description="People see it where they sign in.">
              <Input value={draft.name} autoFocus autoComplete={false} onChange={({ detail }) => fields.onChange({ name: detail.value })} />
            </FormField>
            {!id && (
              <FormField label="Type">
                <Tiles
                  value={draft.type}
                  items={types.map(([value, label, description]) => ({ value, label, description }))}
                  onChange={({ detail }) => fields.onChange({ type: detail.value as SourceType })}
                />
              </FormField>
            )}
          </SpaceBetween>
        </Container>
        {draft.type === "SAML" && <SamlFields {...fields} />}
        {draft.type === "OIDC" && <OidcFields {...fields} />}
        {draft.type === "LDAP" && <LdapFields {...fields} />}
        <MappingFields {...fields} />
        {save.error && <Failure error={save.error} />}
      </SpaceBetween>
    </Form>
  );
}
