// Signing in with a password: /console/signin, /console/signin/ACCOUNT for the users of one account, ?type=root.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams, useSearchParams } from "../shell/params";
import { address, enter } from "./address";
import { signin, type SignIn as Input, type SignInState } from "./api";
import { ChangeForm } from "./change_form";
import { MFAForm } from "./mfa_form";
import { PublicPage } from "./public_page";
import { RootForm } from "./root_form";
import { useSession } from "./session";
import { UserForm } from "./user_form";

export default function SignIn() {
  const { account = "" } = useParams<{ account?: string }>();
  const [search] = useSearchParams();
  const root = search.get("type") === "root";
  const [input, setInput] = useState<Input>();
  const [state, setState] = useState<SignInState>();
  // What was right is sent again with what is asked for on top of it; what is refused is not kept.
  const send = async (input: Input) => {
    const { State } = await signin.signIn(input);
    if (State === "SignedIn") await enter();
    setInput(input);
    setState(State);
  };
  const cancel = () => {
    setInput(undefined);
    setState(undefined);
  };
  if (input && state === "NewPasswordRequired") {
    return (
      <PublicPage title="Change your password" description={whose(input)}>
        <ChangeForm onPassword={(NewPassword) => send({ ...input, NewPassword })} onCancel={cancel} />
      </PublicPage>
    );
  }
  if (input && (state === "MFARequired" || state === "MFAFailed")) {
    return (
      <PublicPage title="Multi-factor authentication" description={whose(input)}>
        <MFAForm failed={state === "MFAFailed"} onCode={(MFACode) => send({ ...input, MFACode })} onCancel={cancel} />
      </PublicPage>
    );
  }
  return (
    <PublicPage
      title={root ? "Root user sign in" : "IAM user sign in"}
      description={root ? "The owner of an account, for the few tasks that need it." : "A user within an account, for everyday work."}
      footer={<Others root={root} account={account} />}
    >
      <SpaceBetween size="m">
        {search.has("ended") && <Alert>Your session has ended. Sign in again to go on where you were.</Alert>}
        {root ? <RootForm onSignIn={send} /> : <UserForm account={account || (search.get("account") ?? "")} onSignIn={send} />}
      </SpaceBetween>
    </PublicPage>
  );
}

const whose = (input: Input) => (input.Type === "root" ? input.Email : `${input.UserName} @ ${input.Account}`);

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
