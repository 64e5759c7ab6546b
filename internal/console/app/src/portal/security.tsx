// What a person changes of the own sign-in: password and MFA devices.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { FormModal } from "../parts/form_modal";
import { Time } from "../parts/time";
import { agreed, NewPasswordFields, noPassword } from "../session/new_password";
import { Password } from "../session/password";
import { isAboutPassword } from "../session/password_errors";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { people, type Person, type PersonSession } from "../session/people";
import { Frame } from "./frame";
import { MFADevices } from "./mfa_devices";
import { passwordRules } from "./password_rules";

export default function SecurityPage() {
  return <Frame>{(person) => <Security person={person} />}</Frame>;
}

function Security({ person }: { person: PersonSession & Person }) {
  const [changing, setChanging] = useState(false);
  const own = person.Source.Kind === "directory";
  return (
    <Page title="Security" breadcrumbs={[["AWS access portal", "/console/portal"]]} actions={<Button href="/console/portal">Back to accounts</Button>}>
      <SpaceBetween size="l">
        <Container
          header={
            <Header variant="h2" actions={own && <Button onClick={() => setChanging(true)}>Change password</Button>}>
              Sign-in
            </Header>
          }
        >
          <KeyValuePairs
            columns={3}
            minColumnWidth={180}
            items={[
              { label: "Username", value: <span className="breaks">{person.UserName}</span> },
              { label: "Password", value: own ? "Of this portal" : `Of ${person.Source.Name}, where it is changed` },
              { label: "Session ends", value: <Time at={new Date(person.Expires)} /> },
            ]}
          />
        </Container>
        {(own || person.Source.Kind === "ldap") && <MFADevices person={person} />}
      </SpaceBetween>
      {changing && <ChangePassword onClose={() => setChanging(false)} />}
    </Page>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const { notify } = useNotifications();
  const [old, setOld] = useState("");
  const [password, setPassword] = useState(noPassword);
  const change = async () => {
    await people.changePassword({ OldPassword: old, NewPassword: agreed(password) });
    notify({ type: "success", header: "Your password has been changed." });
  };
  return (
    <FormModal
      title="Change password"
      verb="Change password"
      ready={old !== "" && password.password !== "" && password.again !== ""}
      onSubmit={change}
      onClose={onClose}
      shownElsewhere={isAboutPassword}
    >
      {(error) => (
        <>
          <Password label="Current password" value={old} onChange={setOld} />
          <NewPasswordFields value={password} onChange={setPassword} error={error} rules={passwordRules} />
        </>
      )}
    </FormModal>
  );
}
