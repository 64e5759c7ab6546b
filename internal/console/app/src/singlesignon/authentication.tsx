// How people sign in to the access portal: for how long, and whether they need an MFA device.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { useNotifications } from "../shell/notifications";
import { getDevices, getSession, putDevices, putSession, type WithoutDevice } from "./sign_in_settings";
import { isPortalSession, portalSessions, portalSessionText } from "./durations";

export function Authentication({ arn }: { arn: string }) {
  return (
    <SpaceBetween size="l">
      <Session arn={arn} />
      <Devices arn={arn} />
    </SpaceBetween>
  );
}

function Session({ arn }: { arn: string }) {
  const session = useAws(["sso", "GetSsoConfiguration", arn], () => getSession(arn));
  const [editing, setEditing] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="How long people stay signed in to the access portal, and tools to which they have given access."
          actions={
            <Button disabled={!session.data} onClick={() => setEditing(true)}>
              Configure session duration
            </Button>
          }
        >
          Session settings
        </Header>
      }
    >
      <Loaded query={session}>
        {(s) => <KeyValuePairs items={[{ label: "AWS access portal session duration", value: portalSessionText(s.SessionDurationMinutes) }]} />}
      </Loaded>
      {editing && session.data && <EditSession arn={arn} minutes={session.data.SessionDurationMinutes} onClose={() => setEditing(false)} />}
    </Container>
  );
}

const custom = "custom";

function EditSession({ arn, minutes, onClose }: { arn: string; minutes: number; onClose: () => void }) {
  const { notify } = useNotifications();
  const [chosen, setChosen] = useState(portalSessions.includes(minutes) ? String(minutes) : custom);
  const [text, setText] = useState(String(minutes));
  const wanted = Number(chosen === custom ? text : chosen);
  const save = useAwsChange(() => putSession(arn, wanted), [["sso"]]);
  const options = [...portalSessions.map((m) => ({ value: String(m), label: portalSessionText(m) })), { value: custom, label: "Custom duration" }];
  return (
    <FormModal
      title="Configure session duration"
      verb="Save"
      ready={isPortalSession(wanted)}
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync();
        notify({ type: "success", header: "The session duration is changed. Sessions that have begun last as long as they would have." });
      }}
    >
      <FormField label="AWS access portal session duration">
        <Select
          selectedOption={options.find((o) => o.value === chosen)!}
          options={options}
          onChange={({ detail }) => setChosen(detail.selectedOption.value!)}
        />
      </FormField>
      {chosen === custom && (
        <FormField label="Minutes" constraintText="From 15 minutes to 129,600, which are 90 days.">
          <Input value={text} inputMode="numeric" onChange={({ detail }) => setText(detail.value.replaceAll(/\D/g, ""))} />
        </FormField>
      )}
    </FormModal>
  );
}

const behaviors: Record<WithoutDevice, [label: string, description: string]> = {
  ALLOWED_WITH_ENROLLMENT: ["Require them to register an MFA device at sign in", "After the password, they register an authenticator app."],
  BLOCKED: ["Block their sign-in", "Whoever has not registered a device before can't sign in any more."],
  ALLOWED: ["Allow them to sign in", "They may register a device, and need it from then on."],
};

function Devices({ arn }: { arn: string }) {
  const devices = useAws(["sso", "GetMfaDeviceManagementForDirectory", arn], () => getDevices(arn));
  const [editing, setEditing] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="For people whose password is asked for here. Identity providers outside see to it themselves."
          actions={
            <Button disabled={!devices.data} onClick={() => setEditing(true)}>
              Configure multi-factor authentication
            </Button>
          }
        >
          Multi-factor authentication
        </Header>
      }
    >
      <Loaded query={devices}>
        {(d) => (
          <KeyValuePairs
            columns={2}
            minColumnWidth={260}
            items={[
              { label: "Prompt users for MFA", value: "Every time they sign in" },
              { label: "If a user does not yet have a registered MFA device", value: behaviors[d.NoMfaSignInBehavior][0] },
            ]}
          />
        )}
      </Loaded>
      {editing && devices.data && <EditDevices arn={arn} was={devices.data.NoMfaSignInBehavior} onClose={() => setEditing(false)} />}
    </Container>
  );
}

function EditDevices({ arn, was, onClose }: { arn: string; was: WithoutDevice; onClose: () => void }) {
  const { notify } = useNotifications();
  const [behavior, setBehavior] = useState(was);
  const save = useAwsChange(() => putDevices(arn, behavior), [["sso"]]);
  return (
    <FormModal
      title="Configure multi-factor authentication"
      verb="Save changes"
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync();
        notify({ type: "success", header: "Multi-factor authentication is configured. It counts from the next sign-in on." });
      }}
    >
      <FormField label="If a user does not yet have a registered MFA device">
        <RadioGroup
          value={behavior}
          items={Object.entries(behaviors).map(([value, [label, description]]) => ({ value, label, description }))}
          onChange={({ detail }) => setBehavior(detail.value as WithoutDevice)}
        />
      </FormField>
    </FormModal>
  );
}
