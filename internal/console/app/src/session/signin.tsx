// Signing in with a password: /console/signin, /console/signin/ACCOUNT for the users of one account, ?type=root.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams, useSearchParams } from "../shell/params";
import { address, enter } from "./address";
import { PublicPage } from "./public_page";
import { useSession } from "./session";
import { useSignInSteps } from "./sign_in_steps";

export default function SignIn() {
  const { account = "" } = useParams<{ account?: string }>();
  const [search] = useSearchParams();
  const root = search.get("type") === "root";
  const { title, description, first, form } = useSignInSteps({ root, account: account || (search.get("account") ?? "") }, enter);
  if (!first) {
    return (
      <PublicPage title={title} description={description}>
        {form}
      </PublicPage>
    );
  }
  return (
    <PublicPage title={title} description={description} footer={<Others root={root} account={account} />}>
      <SpaceBetween size="m">
        {search.has("ended") && <Alert>Your session has ended. Sign in again to go on where you were.</Alert>}
        {form}
      </SpaceBetween>
    </PublicPage>
  );
}

/** The other ways to get in. */
function Others({ root, account }: { root: boolean; account: string }) {
  const { SignUp, Claimed } = useSession();
  const path = account ? `/console/signin/${encodeURIComponent(account)}` : "/console/signin";
  return (
    <SpaceBetween size="s">
      <Button fullWidth href={address(path, location.search, root ? {} : { type: "root" })}>
        {root ? "Sign in as an IAM user" : "Sign in using root user email"}
      </Button>
      {!Claimed && <Link href={address("/console/claim", location.search)}>Claim this server with its setup token</Link>}
      {SignUp && Claimed && (
        <Button fullWidth href="/console/signup">
          Create a new account
        </Button>
      )}
    </SpaceBetween>
  );
}
