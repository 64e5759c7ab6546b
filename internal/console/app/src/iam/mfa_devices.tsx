import {
  DeactivateMFADeviceCommand,
  DeleteVirtualMFADeviceCommand,
  paginateListMFADevices,
  type MFADevice,
} from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { iam } from "../aws/iam";
import { all, useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable } from "../parts/resource_table";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { AssignMFA } from "./assign_mfa";
import { ResyncMFA } from "./resync_mfa";

/** The devices of a user; without a name those of the root user, whom no name can be given for. */
export const useMFADevices = (UserName: string | undefined) =>
  useAws(["iam", "ListMFADevices", UserName ?? ""], () =>
    all(paginateListMFADevices({ client: iam() }, { UserName }), (p) => p.MFADevices),
  );

export function MFADevices({ user }: { user: string | undefined }) {
  const devices = useMFADevices(user);
  const { notify } = useNotifications();
  const [assigning, setAssigning] = useState(false);
  const [removing, setRemoving] = useState<MFADevice>();
  const [resyncing, setResyncing] = useState<MFADevice>();
  const remove = useAwsChange(
    async ({ SerialNumber }: MFADevice) => {
      await iam().send(new DeactivateMFADeviceCommand({ UserName: user, SerialNumber }));
      await iam().send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
    },
    [["iam"]],
  );
  return (
    <>
      <ResourceTable
        name="iam.mfa-devices"
        nouns={["MFA device", "MFA devices"]}
        title="Multi-factor authentication (MFA)"
        description="Use MFA to increase the security of your environment. Signing in with MFA requires an authentication code from an MFA device. Each user can have a maximum of 8 MFA devices assigned."
        query={devices}
        id={(d) => d.SerialNumber!}
        columns={[
          { id: "type", header: "Type", value: () => "Virtual", cell: () => "Virtual", isRowHeader: true },
          { id: "serial", header: "Identifier", value: (d) => d.SerialNumber, cell: (d) => d.SerialNumber, minWidth: 260 },
          { id: "created", header: "Created on", value: (d) => d.EnableDate, cell: (d) => <Time at={d.EnableDate} as="ago" /> },
        ]}
        selection="single"
        emptyAction={<Button onClick={() => setAssigning(true)}>Assign MFA device</Button>}
        actions={([device]) => (
          <Actions>
            <Button disabled={!device} onClick={() => setRemoving(device)}>
              Remove
            </Button>
            <Button disabled={!device} onClick={() => setResyncing(device)}>
              Resync
            </Button>
            <Button onClick={() => setAssigning(true)}>Assign MFA device</Button>
          </Actions>
        )}
      />
      {assigning && <AssignMFA user={user} onClose={() => setAssigning(false)} />}
      {resyncing && <ResyncMFA user={user} serial={resyncing.SerialNumber!} onClose={() => setResyncing(undefined)} />}
      {removing && (
        <DeleteModal
          title="Remove MFA device?"
          verb="Remove"
          onClose={() => setRemoving(undefined)}
          onDelete={async () => {
            await remove.mutateAsync(removing);
            notify({ type: "success", header: "MFA device removed." });
          }}
        >
          Signing in will not ask for a code of {removing.SerialNumber} any more. Who signs in without MFA can be denied what
          policies demand it for.
        </DeleteModal>
      )}
    </>
  );
}
