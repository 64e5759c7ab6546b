import {
  CreateLoginProfileCommand,
  DeleteLoginProfileCommand,
  GetLoginProfileCommand,
  UpdateLoginProfileCommand,
  type LoginProfile,
  type User,
} from "@aws-sdk/client-iam";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { iam } from "../aws/iam";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { ConsolePasswordFields, generated, passwordOf } from "./console_password";
import { ConsoleSignIn, useSignInURL } from "./console_sign_in";
import { isMissing } from "./passwords";
import { changePasswordPolicy, policiesOf } from "./permissions";

/** The password of a user; null if there is none. */
export const useLoginProfile = (UserName: string) =>
  useAws(["iam", "GetLoginProfile", UserName], async (): Promise<LoginProfile | null> => {
    try {
      return (await iam().send(new GetLoginProfileCommand({ UserName }))).LoginProfile!;
    } catch (e) {
      if (isMissing(e)) return null;
      throw e;
    }
  });

/** Whether a user can sign in to the console, and with which password. */
export function ConsoleAccess({ user }: { user: User }) {
  const name = user.UserName!;
  const login = useLoginProfile(name);
  const { notify } = useNotifications();
  const [open, setOpen] = useState<"set" | "disable">();
  const [password, setPassword] = useState<string>();
  const url = useSignInURL();
  const disable = useAwsChange(() => iam().send(new DeleteLoginProfileCommand({ UserName: name })), [["iam"]]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Actions>
              {login.data && <Button onClick={() => setOpen("disable")}>Disable console access</Button>}
              <Button disabled={login.data === undefined} onClick={() => setOpen("set")}>
                {login.data ? "Reset password" : "Enable console access"}
              </Button>
            </Actions>
          }
        >
          Console sign-in
        </Header>
      }
    >
      <Loaded query={login}>
        {(login) => (
          <KeyValuePairs
            columns={3}
            minColumnWidth={180}
            items={[
              { label: "Console sign-in link", value: <Copy text={url} /> },
              {
                label: "Console password",
                value: login ? (
                  <>
                    Set <Time at={login.CreateDate} as="ago" />
                    {login.PasswordResetRequired && ", to be changed at next sign-in"}
                  </>
                ) : (
                  "Not enabled"
                ),
              },
              { label: "Last console sign-in", value: user.PasswordLastUsed ? <Time at={user.PasswordLastUsed} /> : "Never" },
            ]}
          />
        )}
      </Loaded>
      {open === "set" && (
        <SetPassword user={name} login={login.data ?? null} onSet={setPassword} onClose={() => setOpen(undefined)} />
      )}
      {password !== undefined && (
        <Modal
          visible
          size="large"
          header="Console password"
          closeAriaLabel="Close"
          onDismiss={() => setPassword(undefined)}
          footer={
            <Box float="right">
              <Button variant="primary" onClick={() => setPassword(undefined)}>
                Close
              </Button>
            </Box>
          }
        >
          <ConsoleSignIn user={name} password={password} />
        </Modal>
      )}
      {open === "disable" && (
        <DeleteModal
          title={`Disable console access of ${name}?`}
          verb="Disable access"
          onClose={() => setOpen(undefined)}
          onDelete={async () => {
            await disable.mutateAsync();
            notify({ type: "success", header: `Console access of ${name} disabled.` });
          }}
        >
          The password of <b>{name}</b> is deleted, and the user is signed out. Access keys go on working.
        </DeleteModal>
      )}
    </Container>
  );
}

interface SetPasswordProps {
  user: string;
  login: LoginProfile | null;
  onSet: (password: string) => void;
  onClose: () => void;
}

function SetPassword({ user, login, onSet, onClose }: SetPasswordProps) {
  const [value, setValue] = useState(generated);
  const set = useAwsChange(async () => {
    const Password = await passwordOf(value);
    // First, so that the password can be shown as soon as it is set.
    if (value.reset) await policiesOf({ kind: "user", name: user }).attach(changePasswordPolicy);
    const input = { UserName: user, Password, PasswordResetRequired: value.reset };
    await (login ? iam().send(new UpdateLoginProfileCommand(input)) : iam().send(new CreateLoginProfileCommand(input)));
    return Password;
  }, [["iam"]]);
  return (
    <FormModal
      title={login ? `Reset password of ${user}` : `Enable console access of ${user}`}
      verb={login ? "Reset password" : "Enable console access"}
      ready={!value.custom || value.password !== ""}
      onClose={onClose}
      onSubmit={async () => onSet(await set.mutateAsync())}
    >
      <SpaceBetween size="m">
        {login && <Alert type="info">The present password stops working, and the user is signed out.</Alert>}
        <ConsolePasswordFields value={value} onChange={setValue} />
      </SpaceBetween>
    </FormModal>
  );
}
