import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { rolesAnywhere, type CertificateField } from "../aws/rolesanywhere";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { ResourceTable } from "../parts/resource_table";
import { useNotifications } from "../shell/notifications";
import { everything, useProfile } from "./resources";

interface Mapping {
  field: CertificateField;
  specifier: string;
}

const fields: Record<CertificateField, string> = { x509Subject: "Subject", x509Issuer: "Issuer", x509SAN: "Subject alternative name" };

const idOf = ({ field, specifier }: Mapping) => `${field}/${specifier}`;

/** Which values of certificates become tags of sessions. */
export function Mappings({ profile }: { profile: string }) {
  const query = useProfile(profile);
  const { notify } = useNotifications();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Mapping>();
  const remove = useAwsChange((m: Mapping) => rolesAnywhere.deleteAttributeMapping(profile, m.field, m.specifier), everything);
  const data = query.data?.attributeMappings.flatMap((m) =>
    m.mappingRules.map(({ specifier }): Mapping => ({ field: m.certificateField, specifier })),
  );
  return (
    <>
      <ResourceTable
        name="rolesanywhere.mappings"
        nouns={["mapping", "mappings"]}
        title="Certificate attribute mappings"
        description="What is in a certificate becomes tags of the session, which trust policies and all others can ask for: aws:PrincipalTag/x509Subject/OU."
        query={{ ...query, data }}
        id={idOf}
        columns={[
          { id: "field", header: "Certificate field", value: (m) => fields[m.field], cell: (m) => fields[m.field], isRowHeader: true },
          { id: "specifier", header: "Specifier", value: (m) => m.specifier, cell: (m) => (m.specifier === "*" ? "* (all)" : m.specifier) },
        ]}
        selection="single"
        actions={([mapping]) => (
          <Actions>
            <Button disabled={!mapping} onClick={() => setRemoving(mapping)}>
              Remove
            </Button>
            <Button onClick={() => setAdding(true)}>Add mapping</Button>
          </Actions>
        )}
      />
      {adding && <Add profile={profile} onClose={() => setAdding(false)} />}
      {removing && (
        <DeleteModal
          title={`Remove mapping ${removing.specifier}?`}
          verb="Remove"
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            await remove.mutateAsync(removing);
            notify({ type: "success", header: `Mapping ${removing.specifier} removed.` });
          }}
        >
          Policies that ask for its tag no longer find it in sessions that begin from now on.
        </DeleteModal>
      )}
    </>
  );
}

function Add({ profile, onClose }: { profile: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const [field, setField] = useState<CertificateField>("x509Subject");
  const [specifier, setSpecifier] = useState("");
  const add = useAwsChange(() => rolesAnywhere.putAttributeMapping(profile, field, specifier), everything);
  const options = Object.entries(fields).map(([value, label]) => ({ value, label }));
  return (
    <FormModal
      title="Add mapping"
      verb="Add mapping"
      ready={specifier !== ""}
      onClose={onClose}
      onSubmit={async () => {
        await add.mutateAsync();
        notify({ type: "success", header: `Mapping ${specifier} added.` });
      }}
    >
      <FormField label="Certificate field">
        <Select
          selectedOption={{ value: field, label: fields[field] }}
          options={options}
          onChange={({ detail }) => setField(detail.selectedOption.value as CertificateField)}
        />
      </FormField>
      <FormField
        label="Specifier"
        description="Of names, a short name such as CN or OU, the second OU as OU/1, an object identifier, or * for all. Of alternative names, DNS, URI or Name/CN."
      >
        <Input value={specifier} placeholder="OU" onChange={({ detail }) => setSpecifier(detail.value.trim())} />
      </FormField>
    </FormModal>
  );
}
