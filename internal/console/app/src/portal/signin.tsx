// Signing in to the access portal: the user name, then the password here or at the provider that people come from.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Redirect } from "wouter";
import { Loaded } from "../parts/loaded";
import { ChangeForm } from "../session/change_form";
import { MFAForm } from "../session/mfa_form";
import { Password } from "../session/password";
import { PublicPage } from "../session/public_page";
import { Refusal } from "../session/refusal";
import { useSubmit } from "../session/submit";
import { useSearchParams } from "../shell/params";
import { wanted } from "./address";
import { people, usePersonSession, type NewDevice, type PersonSession, type SignInInput, type SignInResult } from "../session/people";
import { RegisterForm } from "./register_form";

export default function SignIn() {
  const session = usePersonSession();
  if (!session.data) {
    return (
      <PublicPage title="Sign in">
        <Loaded query={session}>{() => null}</Loaded>
      </PublicPage>
    );
  }
  if (session.data.SignedIn) return <Redirect to={wanted(location.search)} replace />;
  if (!session.data.Enabled) return <NotEnabled />;
  return <Steps session={session.data} />;
}

function NotEnabled() {
  return (
    <PublicPage title="Sign in" footer={<Link href="/console/signin">Sign in to the console instead</Link>}>
      <Alert header="IAM Identity Center is not enabled">
        This server has no access portal yet. An administrator of its management account enables it in the console, under IAM Identity
        Center.
      </Alert>
    </PublicPage>
  );
}

/** Opens what was wanted anew, with the session that has just begun. */
const enter = () => {
  location.replace(wanted(location.search));
  return new Promise<never>(() => {});
};

function Steps({ session }: { session: PersonSession }) {
  const [search] = useSearchParams();
  const [name, setName] = useState("");
  const [input, setInput] = useState<SignInInput>();
  const [state, setState] = useState<SignInResult["State"] | "Named">();
  const [device, setDevice] = useState<NewDevice>();
  const outside = session.Source.Kind === "saml" || session.Source.Kind === "oidc";
  const send = async (input: SignInInput) => {
    const { State, Location, Device } = await people.signIn(input);
    if (State === "SignedIn") return void (await enter());
    if (State === "Redirect") return void (await follow(Location ?? "/sources/login"));
    // The new password is set by now if all that is missing is a device.
    setInput(Device ? { UserName: input.UserName, Password: input.NewPassword ?? input.Password } : input);
    setDevice(Device);
    setState(State);
  };
  const cancel = () => {
    setInput(undefined);
    setDevice(undefined);
    setState(undefined);
  };
  if (input && state === "NewPasswordRequired") {
    return (
      <PublicPage title="Set a new password" description={input.UserName}>
        <ChangeForm onPassword={(NewPassword) => send({ ...input, NewPassword })} onCancel={cancel} />
      </PublicPage>
    );
  }
  if (input && (state === "MFARequired" || state === "MFAFailed")) {
    return (
      <PublicPage title="Additional verification required" description={input.UserName}>
        <MFAForm failed={state === "MFAFailed"} onCode={(MFACode) => send({ ...input, MFACode })} onCancel={cancel} />
      </PublicPage>
    );
  }
  if (input && device) {
    return (
      <PublicPage title="Register MFA device" description={input.UserName}>
        <RegisterForm device={device} onCode={(of) => send({ ...input, DeviceId: device.Id, ...of })} onCancel={cancel} />
      </PublicPage>
    );
  }
  const forgot = session.Source.Kind === "directory" && (
    <Link href={`/console/portal/forgot-password${name ? `?${new URLSearchParams({ user: name })}` : ""}`}>Forgot password</Link>
  );
  return (
    <PublicPage title="Sign in" description={portalName(session)} footer={state === "Named" && forgot}>
      <SpaceBetween size="m">
        {search.has("set") && <Alert type="success">Your password is set. Sign in with it.</Alert>}
        {state === "Named" ? (
          <PasswordStep name={name} source={session.Source.Kind === "ldap" ? session.Source.Name : ""} onSend={send} onBack={cancel} />
        ) : (
          <NameStep
            name={name}
            onName={setName}
            outside={outside ? session.Source.Name : ""}
            onNext={async (UserName) => {
              if (outside) return send({ UserName, Password: "" });
              setState("Named");
            }}
          />
        )}
      </SpaceBetween>
    </PublicPage>
  );
}

export const portalName = ({ InstanceName }: PersonSession) => `To ${InstanceName || "the AWS access portal"}`;

/** Goes to where people come from, which comes back to what was wanted. */
function follow(place: string): Promise<never> {
  const to = new URL(place, location.origin);
  to.searchParams.set("return", wanted(location.search));
  location.assign(to);
  return new Promise(() => {});
}

interface NameStepProps {
  name: string;
  onName: (name: string) => void;
  /** The provider that asks for the password; "" is nobody. */
  outside: string;
  onNext: (name: string) => Promise<void>;
}

function NameStep({ name, onName, outside, onNext }: NameStepProps) {
  const { busy, error, onSubmit } = useSubmit(() => onNext(name.trim()));
  return (
    <form onSubmit={onSubmit}>
      <SpaceBetween size="m">
        <Refusal error={error} />
        <FormField label="Username" description={outside && `You are asked for the password by ${outside}.`}>
          <Input value={name} autoFocus autoComplete="username" onChange={({ detail }) => onName(detail.value)} />
        </FormField>
        <Button variant="primary" fullWidth loading={busy} disabled={!name.trim()}>
          Next
        </Button>
      </SpaceBetween>
    </form>
  );
}

interface PasswordStepProps {
  name: string;
  /** Whose password it is, if not of the directory here. */
  source: string;
  onSend: (input: { UserName: string; Password: string }) => Promise<void>;
  onBack: () => void;
}

function PasswordStep({ name, source, onSend, onBack }: PasswordStepProps) {
  const [password, setPassword] = useState("");
  const { busy, error, onSubmit } = useSubmit(() => onSend({ UserName: name.trim(), Password: password }));
  return (
    <form onSubmit={onSubmit}>
      <SpaceBetween size="m">
        <Refusal error={error} />
        <div className="step">
          <Box variant="strong">
            <span className="breaks">{name.trim()}</span>
          </Box>
          <Button variant="inline-link" formAction="none" onClick={onBack}>
            Use another username
          </Button>
        </div>
        {source && <Box color="text-body-secondary">The password is that of {source}.</Box>}
        <Password autoFocus value={password} onChange={setPassword} />
        <Button variant="primary" fullWidth loading={busy} disabled={!password}>
          Sign in
        </Button>
      </SpaceBetween>
    </form>
  );
}
