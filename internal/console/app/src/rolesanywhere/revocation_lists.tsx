import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { rolesAnywhere, type RevocationList } from "../aws/rolesanywhere";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { download } from "../parts/download";
import { FormModal } from "../parts/form_modal";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { nameFault, nameRule } from "./names";
import { PemField, pemFault } from "./pem_field";
import { everything, lists, Manage, Status, statusOf } from "./resources";

const columns: Column<RevocationList>[] = [
  { id: "name", header: "Name", value: (l) => l.name, cell: (l) => l.name, isRowHeader: true },
  { id: "status", header: "Status", value: statusOf, cell: (l) => <Status of={l} /> },
  { id: "updated", header: "Last updated", value: (l) => l.updatedAt, cell: (l) => <Time at={new Date(l.updatedAt)} as="ago" /> },
  { id: "id", header: "ID", value: (l) => l.crlId, cell: (l) => l.crlId, hidden: true },
];

/** Which certificates of a trust anchor count no more. */
export function RevocationLists({ anchor }: { anchor: string }) {
  const query = useAws(["rolesanywhere", "ListCrls"], rolesAnywhere.lists);
  // None is to be imported, one is to be replaced.
  const [editing, setEditing] = useState<{ list?: RevocationList }>();
  return (
    <>
      <ResourceTable
        name="rolesanywhere.crls"
        nouns={["revocation list", "revocation lists"]}
        title="Certificate revocation lists"
        description="Certificates in a list that is enabled get no sessions. A trust anchor has two lists at the most, of its own authority or of those below it."
        query={{ ...query, data: query.data?.filter((l) => l.trustAnchorArn === anchor) }}
        id={(l) => l.crlId}
        columns={columns}
        selection="single"
        actions={([list]) => (
          <Actions>
            <Button disabled={!list} onClick={() => download(`${list!.name}.crl`, "text/plain", atob(list!.crlData))}>
              Download
            </Button>
            <Button disabled={!list} onClick={() => setEditing({ list })}>
              Replace
            </Button>
            <Manage kind={lists} of={list && { ...list, id: list.crlId }} />
            <Button onClick={() => setEditing({})}>Import</Button>
          </Actions>
        )}
      />
      {editing && <Import anchor={anchor} list={editing.list} onClose={() => setEditing(undefined)} />}
    </>
  );
}

function Import({ anchor, list, onClose }: { anchor: string; list?: RevocationList; onClose: () => void }) {
  const { notify } = useNotifications();
  const [name, setName] = useState(list?.name ?? "");
  const [pem, setPEM] = useState("");
  const save = useAwsChange(
    () => (list ? rolesAnywhere.updateList(list.crlId, name, pem) : rolesAnywhere.importList(anchor, name, pem)),
    everything,
  );
  const verb = list ? "Replace" : "Import";
  return (
    <FormModal
      title={`${verb} revocation list`}
      size="large"
      verb={verb}
      ready={!nameFault(name) && !pemFault(pem, "X509 CRL")}
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync();
        notify({ type: "success", header: `Revocation list ${name} ${list ? "replaced" : "imported"}.` });
      }}
    >
      <FormField label="Name" constraintText={nameRule}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <PemField
        label="Revocation list"
        description="The newest one of the authority, which openssl ca -gencrl writes."
        constraintText="One X509 CRL in PEM, signed by its authority, 300 KB at the most."
        block="X509 CRL"
        value={pem}
        onChange={setPEM}
      />
    </FormModal>
  );
}
