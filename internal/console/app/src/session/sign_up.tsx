// A new account in three steps: who, proof that the address is theirs, password.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { AccountNameField } from "../parts/account_name_field";
import { accountNameFault } from "../parts/account_name";
import { enter } from "./address";
import { signin } from "./api";
import { CodeSent } from "./code_sent";
import { agreed, NewPasswordFields, noPassword, rootRules } from "./new_password";
import { PublicPage } from "./public_page";
import { Refusal } from "./refusal";
import { useSession } from "./session";
import { useSubmit } from "./submit";

const title = "Sign up for Stator";
const signInInstead = <Link href="/console/signin">Sign in to an existing account</Link>;

export default function SignUp() {
  const { SignUp } = useSession();
  const [{ email, name, id }, set] = useKept();
  const [token, setToken] = useState("");
  if (!SignUp) {
    return (
      <PublicPage title={title} footer={signInInstead}>
        <Alert type="warning" header="Sign-up is closed">
          New accounts are made by the operator of this server alone.
        </Alert>
      </PublicPage>
    );
  }
  if (token) return <PasswordStep token={token} onAgain={() => (set({ id: "" }), setToken(""))} />;
  if (id) return <CodeStep id={id} email={email} onToken={setToken} onBack={() => set({ id: "" })} />;
  return (
    <FirstStep
      email={email}
      name={name}
      onEmail={(email) => set({ email })}
      onName={(name) => set({ name })}
      onId={(id) => set({ id })}
    />
  );
}

interface Kept {
  email: string;
  name: string;
  /** Of the sign-up whose code has been sent; without the code it is worth nothing. */
  id: string;
}

/** What is kept when the page is loaded anew, as it may be while somebody looks for the code. It is part of the tab's history. */
function useKept(): [Kept, (change: Partial<Kept>) => void] {
  const [kept, setKept] = useState<Kept>(() => ({ email: "", name: "", id: "", ...(history.state as { signUp?: Kept } | null)?.signUp }));
  const change = (change: Partial<Kept>) => {
    const signUp = { ...kept, ...change };
    history.replaceState({ signUp }, "");
    setKept(signUp);
  };
  return [kept, change];
}

interface FirstStepProps {
  email: string;
  name: string;
  onEmail: (email: string) => void;
  onName: (name: string) => void;
  onId: (id: string) => void;
}

function FirstStep({ email, name, onEmail, onName, onId }: FirstStepProps) {
  const { busy, error, onSubmit } = useSubmit(async () =>
    onId((await signin.signUp({ Email: email.trim(), AccountName: name.trim() })).Id),
  );
  return (
    <PublicPage title={title} description="Step 1 of 3: your account" footer={signInInstead}>
      <form onSubmit={onSubmit}>
        <SpaceBetween size="m">
          <Refusal error={error} />
          <FormField label="Root user email address" description="Used for account recovery and some administrative functions.">
            <Input type="email" autoFocus autoComplete="username" value={email} onChange={({ detail }) => onEmail(detail.value)} />
          </FormField>
          <AccountNameField value={name} description="Choose a name for your account. You can change it after you sign up." onChange={onName} />
          <Button variant="primary" fullWidth loading={busy} disabled={!email || !name.trim() || !!accountNameFault(name)}>
            Verify email address
          </Button>
        </SpaceBetween>
      </form>
    </PublicPage>
  );
}

interface CodeStepProps {
  id: string;
  email: string;
  onToken: (token: string) => void;
  onBack: () => void;
}

function CodeStep({ id, email, onToken, onBack }: CodeStepProps) {
  const [code, setCode] = useState("");
  const { busy, error, onSubmit } = useSubmit(async () =>
    onToken((await signin.verifySignUp({ Id: id, Code: code.replace(/\s/g, "") })).Token),
  );
  return (
    <PublicPage title="Confirm you are you" description="Step 2 of 3: your email address">
      <form onSubmit={onSubmit}>
        <SpaceBetween size="m">
          <CodeSent email={email} />
          <Refusal error={error} />
          <FormField label="Verification code" description="6 digits, valid for 15 minutes.">
            <Input
              value={code}
              autoFocus
              inputMode="numeric"
              autoComplete="one-time-code"
              onChange={({ detail }) => setCode(detail.value)}
            />
          </FormField>
          <Button variant="primary" fullWidth loading={busy} disabled={!code}>
            Verify
          </Button>
          <Button fullWidth formAction="none" onClick={onBack}>
            Use another address, or send a new code
          </Button>
        </SpaceBetween>
      </form>
    </PublicPage>
  );
}

function PasswordStep({ token, onAgain }: { token: string; onAgain: () => void }) {
  const [password, setPassword] = useState(noPassword);
  const { busy, error, onSubmit } = useSubmit(async () => {
    await signin.completeSignUp({ Token: token, Password: agreed(password) });
    await enter();
  });
  return (
    <PublicPage title="Create your password" description="Step 3 of 3: the root user's password">
      <form onSubmit={onSubmit}>
        <SpaceBetween size="m">
          <Alert type="success">It's you! Your email address has been verified.</Alert>
          <Refusal error={error} />
          <NewPasswordFields label="Root user password" value={password} onChange={setPassword} error={error} rules={rootRules} />
          <Button variant="primary" fullWidth loading={busy} disabled={!password.password || !password.again}>
            Create account
          </Button>
          <Button fullWidth formAction="none" onClick={onAgain}>
            Start again
          </Button>
        </SpaceBetween>
      </form>
    </PublicPage>
  );
}
