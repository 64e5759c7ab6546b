import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { usePrincipal, useSession } from "../session/session";
import { Page } from "../shell/page";
import { BillingAccess } from "./billing_access";
import { CloseAccount } from "./close_account";
import { Details } from "./details";
import { Sessions } from "./sessions";

/** The account of who is signed in. */
export default function Account() {
  const { OpenAuth } = useSession();
  const root = usePrincipal().PrincipalType === "Root" && !OpenAuth;
  return (
    <Page title="Account" description="The account that you are signed in to.">
      <SpaceBetween size="l">
        {OpenAuth ? (
          <Alert header="Authentication is off">
            This server takes any access key, for the one account 000000000000. There is nobody to sign in as, and nothing to set.
          </Alert>
        ) : (
          <Details root={root} />
        )}
        {!OpenAuth && <Sessions />}
        {!OpenAuth && <BillingAccess root={root} />}
        {!OpenAuth && <CloseAccount root={root} />}
      </SpaceBetween>
    </Page>
  );
}
