// The device authorization of aws sso login: a person types, or confirms, the code that the program shows.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAws } from "../aws/query";
import { Loaded } from "../parts/loaded";
import { PublicPage } from "../session/public_page";
import { Refusal } from "../session/refusal";
import { useSubmit } from "../session/submit";
import { useSearchParams } from "../shell/params";
import { people, type DeviceRequest, type Person } from "../session/people";
import { Consent } from "./consent";
import { WithPerson } from "./person";
import "./portal.css";

export default function Device() {
  return <WithPerson>{(person) => <Steps person={person} />}</WithPerson>;
}

function Steps({ person }: { person: Person }) {
  const [search, setSearch] = useSearchParams();
  const code = search.get("user_code") ?? "";
  return code ? (
    <Request code={code} person={person} onOther={() => setSearch({})} />
  ) : (
    <Enter onCode={(user_code) => setSearch({ user_code })} />
  );
}

/** ABCD-EFGH, however it is typed. */
const written = (code: string) => {
  const plain = code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  return plain.length > 4 ? `${plain.slice(0, 4)}-${plain.slice(4)}` : plain;
};

function Enter({ onCode }: { onCode: (code: string) => void }) {
  const [code, setCode] = useState("");
  const { busy, error, onSubmit } = useSubmit(async () => {
    await people.deviceRequest(written(code)); // a code that isn't there is said here, where it can be mended
    onCode(written(code));
  });
  return (
    <PublicPage title="Authorize request" description="Enter the code that the program shows, such as the AWS CLI.">
      <form onSubmit={onSubmit}>
        <SpaceBetween size="m">
          <Refusal error={error} />
          <FormField label="Code" constraintText="Such as ABCD-EFGH.">
            <Input value={code} autoFocus autoComplete={false} spellcheck={false} onChange={({ detail }) => setCode(detail.value)} />
          </FormField>
          <Button variant="primary" fullWidth loading={busy} disabled={written(code).length !== 9}>
            Next
          </Button>
        </SpaceBetween>
      </form>
    </PublicPage>
  );
}

function Request({ code, person, onOther }: { code: string; person: Person; onOther: () => void }) {
  const request = useAws(["people", "device", code], () => people.deviceRequest(code));
  const [confirmed, setConfirmed] = useState(false);
  const [decided, setDecided] = useState<DeviceRequest["State"]>();
  const state = decided ?? request.data?.State;
  if (state && state !== "Pending") return <Done state={state} />;
  if (request.data && confirmed) {
    const { ClientName, Scopes } = request.data;
    return (
      <PublicPage title="Allow access?">
        <Consent
          client={ClientName}
          scopes={Scopes}
          person={person.UserName}
          onDecide={async (Allow) => {
            await people.decideDevice({ UserCode: code, Allow });
            setDecided(Allow ? "Allowed" : "Denied");
          }}
        />
      </PublicPage>
    );
  }
  return (
    <PublicPage title="Authorization requested">
      <SpaceBetween size="m">
        <Loaded query={request}>
          {({ ClientName }) => (
            <SpaceBetween size="m">
              <div>
                Verify that this is the code that <b className="breaks">{ClientName}</b> shows:
              </div>
              <div className="user-code">{code}</div>
              <Alert type="warning">If somebody has sent you this link, or you see another code, don&apos;t go on.</Alert>
              <Button variant="primary" fullWidth onClick={() => setConfirmed(true)}>
                Confirm and continue
              </Button>
            </SpaceBetween>
          )}
        </Loaded>
        <Button fullWidth onClick={onOther}>
          Enter another code
        </Button>
      </SpaceBetween>
    </PublicPage>
  );
}

const ends: Record<Exclude<DeviceRequest["State"], "Pending">, [title: string, type: "success" | "info" | "warning", text: string]> = {
  Allowed: ["Request approved", "success", "The program has been given access. You can close this window."],
  Denied: ["Request denied", "info", "The program has not been given access. You can close this window."],
  Expired: ["Request expired", "warning", "The code is not valid any more. Begin the sign-in anew in the program."],
};

function Done({ state }: { state: keyof typeof ends }) {
  const [title, type, text] = ends[state];
  return (
    <PublicPage title={title}>
      <Alert type={type}>{text}</Alert>
    </PublicPage>
  );
}
