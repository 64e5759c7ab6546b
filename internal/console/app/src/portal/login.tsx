// aws login: the session of the console gives the CLI credentials, if its owner allows it.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Redirect } from "wouter";
import { useAws } from "../aws/query";
import { Copy } from "../parts/copy";
import { Loaded } from "../parts/loaded";
import { entrance } from "../session/entrance";
import { PublicPage } from "../session/public_page";
import { Refusal } from "../session/refusal";
import { useSession } from "../session/session";
import { useSearchParams } from "../shell/params";
import { people, type LoginRequest } from "../session/people";
import { Decision, useDecision } from "./consent";
import { leaveTo } from "./leave";

export default function Login() {
  const session = useSession();
  const [search] = useSearchParams();
  const id = search.get("id") ?? "";
  const request = useAws(["signin", "login", id], () => people.loginRequest(id), { enabled: session.SignedIn && id !== "" });
  if (!session.SignedIn) return <Redirect to={entrance(session, location.pathname + location.search)} replace />;
  return (
    <PublicPage title="Sign in to the AWS CLI" footer={<Link href="/console/">Console home</Link>}>
      {id ? (
        <Loaded query={request}>{(request) => <Decide id={id} request={request} />}</Loaded>
      ) : (
        <Alert type="warning">This page is opened by aws login.</Alert>
      )}
    </PublicPage>
  );
}

function Decide({ id, request }: { id: string; request: LoginRequest }) {
  const [code, setCode] = useState<string>();
  const [denied, setDenied] = useState(false);
  const { busy, error, decide } = useDecision(async (Allow) => {
    const { Location, Code } = await people.login({ Id: id, Allow });
    if (Location) return leaveTo(Location);
    if (Allow) setCode(Code);
    else setDenied(true);
  });
  if (denied) return <Alert>The AWS CLI has not been given access. You can close this window.</Alert>;
  if (code !== undefined) {
    return (
      <SpaceBetween size="m">
        <Alert type="success">Copy this authorization code into the terminal in which aws login waits for it.</Alert>
        <span className="breaks">
          <Copy text={code} what="authorization code" />
        </span>
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="m">
      <Refusal error={error} />
      <div>
        You&apos;re signing in to the AWS CLI {request.CrossDevice ? "on another machine" : <>at <span className="breaks">{request.RedirectHost}</span></>} as
      </div>
      <Box variant="strong">
        <span className="breaks">
          {request.Name} @ {request.Account}
        </span>
      </Box>
      <div>It gets credentials with the permissions that you have in the console, for as long as your session lasts.</div>
      <Alert type="warning">Allow it only if you have just run aws login yourself.</Alert>
      <Decision busy={busy} allow="Allow access" onDecide={decide} />
    </SpaceBetween>
  );
}
