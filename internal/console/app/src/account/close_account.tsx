import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { FormModal } from "../parts/form_modal";
import { signin } from "../session/api";
import { Password } from "../session/password";
import { usePrincipal } from "../session/session";

/** How an account is closed: by its root user, or by the management account. */
export function CloseAccount({ root }: { root: boolean }) {
  const [closing, setClosing] = useState(false);
  return (
    <Container
      header={
        <Header variant="h2" actions={root && <Button onClick={() => setClosing(true)}>Close account</Button>}>
          Close account
        </Header>
      }
    >
      {root
        ? "Nobody can sign in to a closed account, and none of its keys works. Nothing of it is deleted, but it can't be opened again. The management account of this server can't be closed; it closes others on its page "
        : "The root user of an account closes it, or the management account of this server, on its page "}
      <Link href="/console/account/accounts">AWS accounts</Link>.
      {closing && <Close onClose={() => setClosing(false)} />}
    </Container>
  );
}

function Close({ onClose }: { onClose: () => void }) {
  const { Account, AccountName } = usePrincipal();
  const [typed, setTyped] = useState("");
  const [password, setPassword] = useState("");
  const close = async () => {
    await signin.closeAccount({ AccountId: typed.trim(), Password: password });
    location.assign("/console/"); // nothing of it is left in memory
    return false;
  };
  return (
    <FormModal
      title={`Close ${AccountName || Account}?`}
      verb="Close account"
      ready={typed.trim() === Account && password !== ""}
      onSubmit={close}
      onClose={onClose}
    >
      <Box>Nobody can sign in to it any more, and none of its keys works. It can't be opened again.</Box>
      <FormField label="Account ID" description={`To confirm, enter ${Account}.`}>
        <Input value={typed} autoFocus inputMode="numeric" onChange={({ detail }) => setTyped(detail.value)} />
      </FormField>
      <Password label="Current password" value={password} onChange={setPassword} />
    </FormModal>
  );
}
