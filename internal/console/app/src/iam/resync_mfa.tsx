import { ResyncMFADeviceCommand } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import { useState } from "react";
import { iam } from "../aws/iam";
import { useAwsChange } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import { areCodes, MFACodeFields, noCodes } from "./mfa_codes";

/** For a device whose clock has gone wrong. */
export function ResyncMFA({ user, serial, onClose }: { user: string | undefined; serial: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const [codes, setCodes] = useState(noCodes);
  const resync = useAwsChange(
    () =>
      iam().send(
        new ResyncMFADeviceCommand({
          UserName: user,
          SerialNumber: serial,
          AuthenticationCode1: codes.first,
          AuthenticationCode2: codes.second,
        }),
      ),
    [["iam"]],
  );
  return (
    <FormModal
      title="Resync MFA device"
      verb="Resync"
      ready={areCodes(codes)}
      onClose={onClose}
      onSubmit={async () => {
        await resync.mutateAsync();
        notify({ type: "success", header: "MFA device resynced." });
      }}
    >
      <Box>If the codes of the device are refused, its clock may be wrong. Enter two codes, one after the other.</Box>
      <MFACodeFields value={codes} onChange={setCodes} />
    </FormModal>
  );
}
