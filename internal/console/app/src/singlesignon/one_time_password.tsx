import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Copy } from "../parts/copy";
import { Secret } from "../parts/secret";
import { usePersonSession } from "../session/people";

interface OneTimePasswordProps {
  user: string;
  password: string;
  onClose: () => void;
}

/** What the user is told, in whatever way: it can't be seen again. */
export function OneTimePassword({ user, password, onClose }: OneTimePasswordProps) {
  const portal = usePersonSession();
  const url = portal.data?.StartURL ?? "";
  return (
    <Modal
      visible
      header="One-time password"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">
          This is the only time that you can see this password. Give it to the user in a safe way: at the first sign-in the user sets another.
        </Alert>
        <KeyValuePairs
          columns={1}
          items={[
            { label: "AWS access portal URL", value: <span className="breaks"><Copy text={url} /></span> },
            { label: "Username", value: <span className="breaks"><Copy text={user} /></span> },
            { label: "One-time password", value: <Secret name="one-time password" text={password} /> },
          ]}
        />
        <Copy inline={false} label="Copy all" what="that the user needs" text={`AWS access portal URL: ${url}\nUsername: ${user}\nOne-time password: ${password}`} />
      </SpaceBetween>
    </Modal>
  );
}
