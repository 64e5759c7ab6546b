// The first visit to a new server: whoever can read its setup token becomes the root user of its first account.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Redirect } from "wouter";
import { AccountNameField } from "../parts/account_name_field";
import { accountNameFault } from "../parts/account_name";
import { address, enter } from "./address";
import { signin } from "./api";
import { agreed, NewPasswordFields, noPassword, rootRules } from "./new_password";
import { PublicPage } from "./public_page";
import { Refusal } from "./refusal";
import { useSession } from "./session";
import { useSubmit } from "./submit";

export default function Claim() {
  const { Claimed } = useSession();
  const [token, setToken] = useState("");
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState(noPassword);
  const { busy, error, onSubmit } = useSubmit(async () => {
    await signin.claim({ SetupToken: token.trim(), Email: email.trim(), AccountName: name.trim(), Password: agreed(password) });
    await enter();
  });
  if (Claimed) return <Redirect to="/console/signin" replace />;
  return (
    <PublicPage
      title="Welcome to Stator"
      description="This server is new. Claim its first account: you become its root user, who may do everything."
      footer={<Link href={address("/console/signin", location.search)}>Sign in instead</Link>}
    >
      <form onSubmit={onSubmit}>
        <SpaceBetween size="m">
          <Refusal error={error} />
          <FormField
            label="Setup token"
            description={
              <>
                It is in the file <Box variant="code">setup-token</Box> in the server's data folder. The server named the file when it
                started; if its folder is the usual one, this shows the token: <Box variant="code">cat stator-data/setup-token</Box>
              </>
            }
          >
            <Input value={token} autoFocus autoComplete={false} spellcheck={false} onChange={({ detail }) => setToken(detail.value)} />
          </FormField>
          <FormField label="Root user email address" description="You sign in with it, and get codes there if you forget the password.">
            <Input type="email" autoComplete="username" value={email} onChange={({ detail }) => setEmail(detail.value)} />
          </FormField>
          <AccountNameField value={name} description="Such as the name of your organization. You can change it later." onChange={setName} />
          <NewPasswordFields label="Root user password" value={password} onChange={setPassword} error={error} rules={rootRules} />
          <Button variant="primary" fullWidth loading={busy} disabled={!token || !email || !name.trim() || !!accountNameFault(name) || !password.password || !password.again}>
            Claim this server
          </Button>
        </SpaceBetween>
      </form>
    </PublicPage>
  );
}
