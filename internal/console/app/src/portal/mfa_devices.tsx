import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { ResourceTable } from "../parts/resource_table";
import { Secret } from "../parts/secret";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { people, personKey, type MFADevice } from "../session/people";

/** The authenticator apps of a person, and how another one is registered. */
export function MFADevices() {
  const devices = useAws(["people", "mfa"], async () => (await people.devices()).Devices);
  const client = useQueryClient();
  const { notify } = useNotifications();
  const [registering, setRegistering] = useState(false);
  const [removing, setRemoving] = useState<MFADevice>();
  const remove = useAwsChange((d: MFADevice) => people.removeDevice({ Id: d.Id }), [["people", "mfa"]]);
  const register = (
    <Button variant="primary" onClick={() => setRegistering(true)}>
      Register device
    </Button>
  );
  return (
    <>
      <ResourceTable
        name="portal.mfa"
        nouns={["MFA device", "MFA devices"]}
        title="Multi-factor authentication (MFA) devices"
        description="At sign-in you are asked for a code of one of them after your password."
        query={devices}
        id={(d) => d.Id}
        columns={[
          { id: "name", header: "Name", value: (d) => d.Name, cell: (d) => d.Name, isRowHeader: true },
          { id: "type", header: "Type", cell: () => "Authenticator app" },
          { id: "created", header: "Registered", value: (d) => d.Created, cell: (d) => <Time at={new Date(d.Created)} as="ago" /> },
        ]}
        selection="single"
        emptyAction={register}
        actions={([device]) => (
          <Actions>
            <Button disabled={!device} onClick={() => setRemoving(device)}>
              Delete
            </Button>
            {register}
          </Actions>
        )}
      />
      {registering && (
        <Register
          onClose={() => setRegistering(false)}
          onRegistered={() => {
            notify({ type: "success", header: "MFA device registered. It is asked for from the next sign-in on." });
            void client.invalidateQueries({ queryKey: personKey });
          }}
        />
      )}
      {removing && (
        <DeleteModal
          title={`Delete MFA device ${removing.Name}?`}
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            await remove.mutateAsync(removing);
            notify({ type: "success", header: `MFA device ${removing.Name} deleted.` });
            void client.invalidateQueries({ queryKey: personKey });
          }}
        >
          Its codes will not be asked for, nor taken, any more.
        </DeleteModal>
      )}
    </>
  );
}

let opened = 0;

function Register({ onClose, onRegistered }: { onClose: () => void; onRegistered: () => void }) {
  // Each time it is opened there is another device, which a code that was wrong leaves as it is.
  const [opening] = useState(() => ++opened);
  const device = useAws(["people", "new mfa", opening], people.newDevice);
  const [name, setName] = useState("");
  const [code, setCode] = useState("");
  const confirm = useAwsChange(
    () => people.confirmDevice({ Id: device.data!.Id, Code: code, Name: name.trim() }),
    [["people", "mfa"]],
  );
  return (
    <FormModal
      title="Register MFA device"
      verb="Assign MFA"
      ready={device.data !== undefined && name.trim() !== "" && code.length === 6}
      onClose={onClose}
      onSubmit={async () => {
        await confirm.mutateAsync();
        onRegistered();
      }}
    >
      <Loaded query={device}>
        {(device) => (
          <>
            <ol>
              <li>Install an authenticator app, such as Google Authenticator or Authy, on your phone or computer.</li>
              <li>Scan the QR code with it.</li>
              <li>Enter the six digits that the app shows then.</li>
            </ol>
            <img className="qr-code" alt="QR code for the authenticator app" src={device.QRCode} />
            <FormField label="Secret key" description="Type it where a QR code can't be scanned.">
              <Secret name="secret key" text={device.Secret} />
            </FormField>
          </>
        )}
      </Loaded>
      <FormField label="Device name" description="By which you tell it from others.">
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Authenticator code">
        <Input
          value={code}
          inputMode="numeric"
          autoComplete="one-time-code"
          onChange={({ detail }) => setCode(detail.value.replaceAll(/\D/g, "").slice(0, 6))}
        />
      </FormField>
    </FormModal>
  );
}
