import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { deleteMfaDevice, listMfaDevices, type MfaDevice } from "./directory";

/** The MFA devices of a user, who registers them at the access portal. */
export function UserDevices({ store, user, name }: { store: string; user: string; name: string }) {
  const { notify } = useNotifications();
  const devices = useAws(["sso-directory", "ListMfaDevicesForUser", user], async () => (await listMfaDevices(store, { UserId: user })).MfaDevices);
  const [removing, setRemoving] = useState<MfaDevice>();
  const remove = useAwsChange((d: MfaDevice) => deleteMfaDevice(store, { UserId: user, DeviceId: d.DeviceId }), [["sso-directory"]]);
  return (
    <>
      <ResourceTable
        name="sso.user-devices"
        nouns={["MFA device", "MFA devices"]}
        description="Users register devices themselves, under Security of the access portal. Delete one that was lost."
        query={devices}
        id={(d) => d.DeviceId}
        columns={[
          { id: "name", header: "Device name", value: (d) => d.DeviceName, cell: (d) => d.DeviceName, isRowHeader: true },
          { id: "type", header: "Type", cell: () => "Authenticator app" },
          { id: "registered", header: "Registered", value: (d) => d.RegisteredDate, cell: (d) => <Time at={new Date(d.RegisteredDate)} as="ago" /> },
        ]}
        selection="single"
        actions={([device]) => (
          <Button disabled={!device} onClick={() => setRemoving(device)}>
            Delete
          </Button>
        )}
      />
      {removing && (
        <DeleteModal
          title={`Delete MFA device ${removing.DeviceName}?`}
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            await remove.mutateAsync(removing);
            notify({ type: "success", header: `MFA device ${removing.DeviceName} deleted.` });
          }}
        >
          {name} is not asked for its codes any more. Without another device, what comes of the next sign-in is in the settings, under Authentication.
        </DeleteModal>
      )}
    </>
  );
}
