// The window over a page whose session has ended.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { isOfCenter } from "../parts/center_role";
import { rememberedOwner } from "./address";
import type { SignedIn } from "./api";
import { useSignInSteps } from "./sign_in_steps";

interface SessionEndedProps {
  /** The session that was. */
  session: SignedIn;
  onSignedIn: () => Promise<unknown>;
}

/** Asks whoever was signed in to do so again; the same can be done in another tab. */
export function SessionEnded(props: SessionEndedProps) {
  return isOfCenter(props.session.Name) ? <PersonEnded /> : <UserEnded {...props} />;
}

/** The session of a person ends with that of the access portal, where another is begun. */
function PersonEnded() {
  return (
    <Modal visible size="small" header="Your session has ended" closeAriaLabel="Leave this page" onDismiss={() => location.assign("/console/portal")}>
      <SpaceBetween size="m">
        <div>Sign in at the access portal, and open the console from there in another tab: what you typed on this page is kept.</div>
        <Button variant="primary" fullWidth href="/console/portal" target="_blank">
          AWS access portal
        </Button>
      </SpaceBetween>
    </Modal>
  );
}

function UserEnded({ session, onSignedIn }: SessionEndedProps) {
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
