import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { rememberAccount, rememberedAccount } from "./address";
import type { SignIn } from "./api";
import { Password } from "./password";
import { Refusal } from "./refusal";
import { useSubmit } from "./submit";

interface UserFormProps {
  /** The account that the address is for, "" if it names none. */
  account: string;
  /** Whose it is, if that is known. */
  name: string | undefined;
  onSignIn: (input: SignIn) => Promise<void>;
}

/** Asks an IAM user who it is. */
export function UserForm(props: UserFormProps) {
  const [account, setAccount] = useState(props.account || rememberedAccount());
  const [remember, setRemember] = useState(rememberedAccount() !== "");
  const [name, setName] = useState(props.name ?? "");
  const [password, setPassword] = useState("");
  const { busy, error, onSubmit } = useSubmit(() => {
    rememberAccount(remember ? plain(account) : "");
    return props.onSignIn({ Type: "user", Account: plain(account), UserName: name.trim(), Password: password });
  });
  return (
    <form onSubmit={onSubmit}>
      <SpaceBetween size="m">
        <Refusal error={error} />
        <FormField label="Account ID or alias" description="12 digits, or the alias of the account.">
          <Input value={account} autoFocus={!account} autoComplete="organization" onChange={({ detail }) => setAccount(detail.value)} />
        </FormField>
        <Checkbox checked={remember} onChange={({ detail }) => setRemember(detail.checked)}>
          Remember this account
        </Checkbox>
        <FormField label="IAM username">
          <Input value={name} autoFocus={!!props.account && !props.name} autoComplete="username" onChange={({ detail }) => setName(detail.value)} />
        </FormField>
        <Password autoFocus={!!props.name} value={password} onChange={setPassword} />
        <Button variant="primary" fullWidth loading={busy} disabled={!account || !name || !password}>
          Sign in
        </Button>
      </SpaceBetween>
    </form>
  );
}

/** An account id may be typed as the console shows it: 1111-2222-3333. */
const plain = (account: string) => account.trim().replace(/^(\d{4})-(\d{4})-(\d{4})$/, "$1$2$3");
