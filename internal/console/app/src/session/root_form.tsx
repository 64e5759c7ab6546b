import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { address } from "./address";
import type { SignIn } from "./api";
import { Password } from "./password";
import { Refusal } from "./refusal";
import { useSubmit } from "./submit";

interface RootFormProps {
  /** Whose it is, if that is known. */
  email: string | undefined;
  onSignIn: (input: SignIn) => Promise<void>;
}

/** Asks a root user who it is. */
export function RootForm(props: RootFormProps) {
  const [email, setEmail] = useState(props.email ?? "");
  const [password, setPassword] = useState("");
  const { busy, error, onSubmit } = useSubmit(() => props.onSignIn({ Type: "root", Email: email.trim(), Password: password }));
  return (
    <form onSubmit={onSubmit}>
      <SpaceBetween size="m">
        <Refusal error={error} />
        <FormField label="Root user email address">
          <Input type="email" value={email} autoFocus={!props.email} autoComplete="username" onChange={({ detail }) => setEmail(detail.value)} />
        </FormField>
        <Password autoFocus={!!props.email} value={password} onChange={setPassword} />
        <Link href={address("/console/forgot-password", location.search)}>Forgot password?</Link>
        <Button variant="primary" fullWidth loading={busy} disabled={!email || !password}>
          Sign in
        </Button>
      </SpaceBetween>
    </form>
  );
}
