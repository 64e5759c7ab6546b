// The window over a page whose session has ended.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { rememberedOwner } from "./address";
import type { SignedIn } from "./api";
import { useSignInSteps } from "./sign_in_steps";

interface SessionEndedProps {
  /** The session that was. */
  session: SignedIn;
  onSignedIn: () => Promise<unknown>;
}

/** Asks whoever was signed in to do so again; the same can be done in another tab. */
export function SessionEnded({ session, onSignedIn }: SessionEndedProps) {
  // Of a role it is whoever took it on.
  const owner = rememberedOwner() ?? { root: false, account: session.Account };
  const name = { Root: session.Email, IAMUser: session.Name, AssumedRole: undefined, FederatedUser: undefined }[session.PrincipalType];
  const { title, description, first, form } = useSignInSteps({ ...owner, name }, onSignedIn);
  return (
    <Modal visible size="small" header={title} closeAriaLabel="Leave this page" onDismiss={() => location.assign("/console/")}>
      <SpaceBetween size="m">
        {first ? (
          <Alert>
            Your session has ended. Sign in again to go on where you were: here, or in another tab. What you typed on this page is kept.
          </Alert>
        ) : (
          <Box color="text-body-secondary">{description}</Box>
        )}
        {form}
      </SpaceBetween>
    </Modal>
  );
}
