// Asks whether a program may act for a person, and says what it could do.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Refusal } from "../session/refusal";

/** What the scopes mean that programs register for ("Setting access scopes", IAM Identity Center OIDC API). */
const meanings: Record<string, string> = {
  "sso:account:access": "See your AWS accounts and roles, and get credentials for them",
  openid: "See who you are",
  profile: "See your name",
  email: "See your email address",
  aws: "See who you are, in AWS applications",
  offline_access: "Go on with it when you are not there",
};

export const meaning = (scope: string) => meanings[scope] ?? scope;

interface ConsentProps {
  client: string;
  scopes: string[];
  /** Who is signed in: as whom the program would act. */
  person: string;
  onDecide: (allow: boolean) => Promise<unknown>;
}

export function Consent({ client, scopes, person, onDecide }: ConsentProps) {
  const { busy, error, decide } = useDecision(onDecide);
  return (
    <SpaceBetween size="m">
      <Refusal error={error} />
      <div>
        <Box variant="strong">
          <span className="breaks">{client}</span>
        </Box>{" "}
        asks to act for you, <span className="breaks">{person}</span>. It would be able to:
      </div>
      <ul>
        {scopes.map((scope) => (
          <li key={scope}>{meaning(scope)}</li>
        ))}
      </ul>
      <Alert type="warning">Allow it only if you have just begun this sign-in yourself.</Alert>
      <Decision busy={busy} allow="Allow access" onDecide={decide} />
    </SpaceBetween>
  );
}

interface DecisionProps {
  busy: boolean | undefined;
  allow: string;
  onDecide: (allow: boolean) => void;
}

export function Decision({ busy, allow, onDecide }: DecisionProps) {
  return (
    <SpaceBetween size="xs">
      <Button variant="primary" fullWidth loading={busy === true} disabled={busy === false} onClick={() => onDecide(true)}>
        {allow}
      </Button>
      <Button fullWidth loading={busy === false} disabled={busy === true} onClick={() => onDecide(false)}>
        Deny access
      </Button>
    </SpaceBetween>
  );
}

/** Sends a decision once. busy is the decision that is under way. */
export function useDecision(onDecide: (allow: boolean) => Promise<unknown>) {
  const [busy, setBusy] = useState<boolean>();
  const [error, setError] = useState<unknown>();
  const decide = (allow: boolean) => {
    if (busy !== undefined) return;
    setBusy(allow);
    setError(undefined);
    onDecide(allow)
      .catch(setError)
      .finally(() => setBusy(undefined));
  };
  return { busy, error, decide };
}
