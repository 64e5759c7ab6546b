import { useState, type ReactNode } from "react";
import { signin, type SignIn as Input, type SignInState } from "./api";
import { ChangeForm } from "./change_form";
import { MFAForm } from "./mfa_form";
import { RootForm } from "./root_form";
import { UserForm } from "./user_form";

interface Who {
  root: boolean;
  /** What is known already: the account of a user, and its name or a root user's email address. */
  account: string;
  name?: string;
}

interface Step {
  title: string;
  description: string;
  /** Nothing has been sent yet. */
  first: boolean;
  form: ReactNode;
}

/** The steps of signing in with a password, and which of them is to be shown. */
export function useSignInSteps({ root, account, name }: Who, onSignedIn: () => Promise<unknown>): Step {
  const [input, setInput] = useState<Input>();
  const [state, setState] = useState<SignInState>();
  // What was right is sent again with what is asked for on top of it; what is refused is not kept.
  const send = async (input: Input) => {
    const { State } = await signin.signIn(input);
    if (State === "SignedIn") return void (await onSignedIn());
    setInput(input);
    setState(State);
  };
  const cancel = () => {
    setInput(undefined);
    setState(undefined);
  };
  if (input && state === "NewPasswordRequired") {
    return {
      title: "Change your password",
      description: whose(input),
      first: false,
      form: <ChangeForm onPassword={(NewPassword) => send({ ...input, NewPassword })} onCancel={cancel} />,
    };
  }
  if (input && (state === "MFARequired" || state === "MFAFailed")) {
    return {
      title: "Multi-factor authentication",
      description: whose(input),
      first: false,
      form: <MFAForm failed={state === "MFAFailed"} onCode={(MFACode) => send({ ...input, MFACode })} onCancel={cancel} />,
    };
  }
  return root
    ? {
        title: "Root user sign in",
        description: "The owner of an account, for the few tasks that need it.",
        first: true,
        form: <RootForm email={name} onSignIn={send} />,
      }
    : {
        title: "IAM user sign in",
        description: "A user within an account, for everyday work.",
        first: true,
        form: <UserForm account={account} name={name} onSignIn={send} />,
      };
}

const whose = (input: Input) => (input.Type === "root" ? (input.Email ?? "") : `${input.UserName} @ ${input.Account}`);
