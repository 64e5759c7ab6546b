// Another password for a root user who has forgotten it, by a code that is mailed.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { address } from "./address";
import { signin } from "./api";
import { CodeSent } from "./code_sent";
import { agreed, NewPasswordFields, noPassword, rootRules } from "./new_password";
import { PublicPage } from "./public_page";
import { Refusal } from "./refusal";
import { useSubmit } from "./submit";

type Step = "email" | "code" | "done";

export default function ForgotPassword() {
  const [step, setStep] = useState<Step>("email");
  const [email, setEmail] = useState("");
  const signInPage = address("/console/signin", location.search, { type: "root" });
  if (step === "done") {
    return (
      <PublicPage title="Password reset">
        <SpaceBetween size="m">
          <Alert type="success">Your password has been changed, and you are signed out everywhere.</Alert>
          <Button variant="primary" fullWidth href={signInPage}>
            Sign in
          </Button>
        </SpaceBetween>
      </PublicPage>
    );
  }
  if (step === "code") return <CodeStep email={email} onDone={() => setStep("done")} onBack={() => setStep("email")} />;
  return <EmailStep email={email} onEmail={setEmail} onSent={() => setStep("code")} signInPage={signInPage} />;
}

interface EmailStepProps {
  email: string;
  onEmail: (email: string) => void;
  onSent: () => void;
  signInPage: string;
}

function EmailStep({ email, onEmail, onSent, signInPage }: EmailStepProps) {
  const { busy, error, onSubmit } = useSubmit(async () => {
    await signin.forgotPassword({ Email: email.trim() });
    onSent();
  });
  return (
    <PublicPage
      title="Password recovery"
      description="For root users. If you are an IAM user, ask an administrator of your account for a new password."
      footer={<Link href={signInPage}>Back to sign in</Link>}
    >
      <form onSubmit={onSubmit}>
        <SpaceBetween size="m">
          <Refusal error={error} />
          <FormField label="Root user email address">
            <Input type="email" autoFocus autoComplete="username" value={email} onChange={({ detail }) => onEmail(detail.value)} />
          </FormField>
          <Button variant="primary" fullWidth loading={busy} disabled={!email}>
            Send email
          </Button>
        </SpaceBetween>
      </form>
    </PublicPage>
  );
}

function CodeStep({ email, onDone, onBack }: { email: string; onDone: () => void; onBack: () => void }) {
  const [code, setCode] = useState("");
  const [password, setPassword] = useState(noPassword);
  const { busy, error, onSubmit } = useSubmit(async () => {
    await signin.resetPassword({ Email: email.trim(), Code: code, Password: agreed(password) });
    onDone();
  });
  return (
    <PublicPage title="Reset password">
      <form onSubmit={onSubmit}>
        <SpaceBetween size="m">
          <CodeSent email={email} onlyIf="a root user has this address" />
          <Refusal error={error} />
          <FormField label="Code" description="Valid for one hour.">
            <Input value={code} autoFocus autoComplete="one-time-code" onChange={({ detail }) => setCode(detail.value)} />
          </FormField>
          <NewPasswordFields value={password} onChange={setPassword} error={error} rules={rootRules} />
          <Button variant="primary" fullWidth loading={busy} disabled={!code || !password.password || !password.again}>
            Reset password
          </Button>
          <Button fullWidth formAction="none" onClick={onBack}>
            Use another address, or send a new code
          </Button>
        </SpaceBetween>
      </form>
    </PublicPage>
  );
}
