// Opens the console with a role: what the links of the portal lead to, and shortcuts that people have kept of them.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { Failure } from "../parts/failure";
import { PublicPage } from "../session/public_page";
import { useSearchParams } from "../shell/params";
import { Waiting } from "../shell/waiting";
import { people } from "../session/people";
import { WithPerson } from "./person";

export default function OpenConsole() {
  return <WithPerson>{() => <Opening />}</WithPerson>;
}

function Opening() {
  const [search] = useSearchParams();
  const [error, setError] = useState<unknown>();
  const asked = useRef(false);
  const account = search.get("account_id") ?? "";
  const role = search.get("role_name") ?? "";
  const destination = search.get("destination") ?? undefined;
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    people
      .console({ AccountId: account, RoleName: role, Destination: destination })
      .then(({ Location }) => location.replace(Location), setError);
  }, [account, role, destination]);
  return (
    <PublicPage title={error ? "The console can't be opened" : "Opening the console"} description={`As ${role} in ${account}`}>
      {error ? (
        <SpaceBetween size="m">
          <Failure error={error} />
          <Button fullWidth href="/console/portal">
            Access portal
          </Button>
        </SpaceBetween>
      ) : (
        <Waiting />
      )}
    </PublicPage>
  );
}
