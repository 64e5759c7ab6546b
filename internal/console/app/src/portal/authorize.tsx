// The consent page of an authorization with a code: a program in which a person signs in with the browser.
import Alert from "@cloudscape-design/components/alert";
import { useAws } from "../aws/query";
import { Loaded } from "../parts/loaded";
import { PublicPage } from "../session/public_page";
import { useSearchParams } from "../shell/params";
import { people, type Person } from "../session/people";
import { Consent } from "./consent";
import { leaveTo } from "./leave";
import { WithPerson } from "./person";

export default function Authorize() {
  return <WithPerson>{(person) => <Request person={person} />}</WithPerson>;
}

function Request({ person }: { person: Person }) {
  const [search] = useSearchParams();
  const id = search.get("id") ?? "";
  const request = useAws(["people", "authorization", id], () => people.authorization(id), { enabled: id !== "" });
  return (
    <PublicPage title="Allow access?" description={request.data && `For a program at ${request.data.RedirectHost}`}>
      {id ? (
        <Loaded query={request}>
          {({ ClientName, Scopes }) => (
            <Consent
              client={ClientName}
              scopes={Scopes}
              person={person.UserName}
              onDecide={async (Allow) => leaveTo((await people.authorize({ Id: id, Allow })).Location)}
            />
          )}
        </Loaded>
      ) : (
        <Alert type="warning">This page is opened by a program that wants to sign you in.</Alert>
      )}
    </PublicPage>
  );
}
