import Alert from "@cloudscape-design/components/alert";
import { useSession } from "./session";

/** Warns who is about to type a password that the network can read. What stays on the machine no network sees. */
export function Unencrypted() {
  const { Secure } = useSession();
  if (Secure || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname)) return null;
  return (
    <Alert type="warning" header="This connection is not encrypted">
      What you type here can be read on the network. Ask the operator of this server for an address that begins with https.
    </Alert>
  );
}
