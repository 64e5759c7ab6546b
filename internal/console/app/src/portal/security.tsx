// What a person changes of the own sign-in: password and MFA devices.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Time } from "../parts/time";
import { ChangePassword } from "../session/change_password";
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
      {changing && (
        <ChangePassword
          title="Change password"
          rules={passwordRules}
          change={people.changePassword}
          done={{ header: "Your password has been changed." }}
          onClose={() => setChanging(false)}
        />
      )}
    </Page>
  );
}
