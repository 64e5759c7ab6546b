import Button from "@cloudscape-design/components/button";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { FormModal } from "../parts/form_modal";
import { ResourceTable } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { people, personKey, type MFADevice, type NewDevice, type Person } from "../session/people";
import { CodeField, Device, DeviceFields, isWhole, noDevice } from "./device_fields";

/** The authenticator apps of a person, and how another one is registered. */
export function MFADevices({ person }: { person: Person }) {
  const devices = useAws(["people", "mfa"], async () => (await people.devices()).Devices);
  const client = useQueryClient();
  const { notify } = useNotifications();
  const [registering, setRegistering] = useState(false);
  const [removing, setRemoving] = useState<MFADevice>();
  // Whoever comes upon this browser is not to put another device in the place of the person's.
  const asked = !person.MFA && (devices.data?.length ?? 0) > 0;
  const changed = (header: string) => {
    notify({ type: "success", header });
    void client.invalidateQueries({ queryKey: personKey });
  };
  const register = (
    <Button variant="primary" disabled={!devices.data} onClick={() => setRegistering(true)}>
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
          asked={asked}
          onClose={() => setRegistering(false)}
          onRegistered={() => changed("MFA device registered. It is asked for from the next sign-in on.")}
        />
      )}
      {removing && (
        <Remove
          device={removing}
          asked={asked}
          onClose={() => setRemoving(undefined)}
          onRemoved={() => changed(`MFA device ${removing.Name} deleted.`)}
        />
      )}
    </>
  );
}

interface RemoveProps {
  device: MFADevice;
  /** A code of a device is asked for. */
  asked: boolean;
  onClose: () => void;
  onRemoved: () => void;
}

function Remove({ device, asked, onClose, onRemoved }: RemoveProps) {
  const [code, setCode] = useState("");
  const remove = useAwsChange(() => people.removeDevice({ Id: device.Id, ...(asked && { Code: code }) }), [["people", "mfa"]]);
  return (
    <FormModal
      title={`Delete MFA device ${device.Name}?`}
      verb="Delete"
      ready={!asked || code.length === 6}
      onClose={onClose}
      onSubmit={async () => {
        await remove.mutateAsync();
        onRemoved();
      }}
    >
      <p>Its codes will not be asked for, nor taken, any more.</p>
      {asked && <CodeField description="Of this device, or of another one that you have." value={code} onChange={setCode} />}
    </FormModal>
  );
}

interface RegisterProps {
  asked: boolean;
  onClose: () => void;
  onRegistered: () => void;
}

function Register({ asked, onClose, onRegistered }: RegisterProps) {
  const [device, setDevice] = useState<NewDevice>();
  const [code, setCode] = useState("");
  if (device) return <Confirm device={device} onClose={onClose} onRegistered={onRegistered} />;
  return (
    <FormModal
      title="Register MFA device"
      verb="Next"
      ready={!asked || code.length === 6}
      onClose={onClose}
      onSubmit={async () => {
        setDevice(await people.newDevice(asked ? { Code: code } : {}));
        return false;
      }}
    >
      <p>An authenticator app on your phone or computer shows codes, which you are asked for after your password.</p>
      {asked && <CodeField description="Of a device that you have registered." value={code} onChange={setCode} />}
    </FormModal>
  );
}

function Confirm({ device, onClose, onRegistered }: { device: NewDevice; onClose: () => void; onRegistered: () => void }) {
  const [draft, setDraft] = useState(noDevice);
  const confirm = useAwsChange(
    () => people.confirmDevice({ Id: device.Id, Code: draft.code, Name: draft.name.trim() }),
    [["people", "mfa"]],
  );
  return (
    <FormModal
      title="Register MFA device"
      verb="Assign MFA"
      ready={isWhole(draft)}
      onClose={onClose}
      onSubmit={async () => {
        await confirm.mutateAsync();
        onRegistered();
      }}
    >
      <Device device={device} />
      <DeviceFields value={draft} onChange={setDraft} />
    </FormModal>
  );
}
