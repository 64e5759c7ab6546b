// Which key the settings and the test are with.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useEffect, useState } from "react";
import { credentials } from "../aws/credentials";
import { Failure } from "../parts/failure";
import { Time } from "../parts/time";
import type { Key } from "./settings";

export type Source = "key" | "session";

interface CredentialsFormProps {
  source: Source;
  /** Whether the root user is signed in, who has no keys. */
  root: boolean;
  onSource: (source: Source) => void;
  value: Key;
  onChange: (key: Key) => void;
}

export function CredentialsForm({ source, root, onSource, value, onChange }: CredentialsFormProps) {
  return (
    <SpaceBetween size="m">
      <Tiles
        value={source}
        onChange={({ detail }) => onSource(detail.value as Source)}
        ariaLabel="Credentials"
        items={[
          { value: "key", label: "An access key", description: "For programs: it works until it is deactivated or deleted." },
          { value: "session", label: "Temporary credentials", description: "Those of this session: to try something, for some minutes." },
        ]}
      />
      {source === "key" ? (
        <SpaceBetween size="s">
          <div>
            What you enter stays on this page. No key yet?{" "}
            {root ? (
              <>
                You are the root user, who has none here: <Link href="/console/iam/create-user">create a user</Link>, then an access key on the
                user&apos;s page. <Link href="/console/iam/users">Users that there are</Link> can have keys too.
              </>
            ) : (
              <>
                <Link href="/console/iam/security-credentials">Create one under Security credentials</Link>; its secret is shown only then.
              </>
            )}
          </div>
          <FormField label="Access key ID">
            <Input
              value={value.id}
              placeholder="AKIA…"
              autoComplete={false}
              spellcheck={false}
              onChange={({ detail }) => onChange({ ...value, id: detail.value.trim() })}
            />
          </FormField>
          <FormField label="Secret access key">
            <Input
              value={value.secret}
              type="password"
              autoComplete={false}
              onChange={({ detail }) => onChange({ ...value, secret: detail.value.trim() })}
            />
          </FormField>
        </SpaceBetween>
      ) : (
        <SessionKey onChange={onChange} />
      )}
    </SpaceBetween>
  );
}

function SessionKey({ onChange }: { onChange: (key: Key) => void }) {
  const [ends, setEnds] = useState<Date>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let left = false;
    credentials().then(
      (c) => {
        if (left) return;
        setEnds(c.expiration);
        onChange({ id: c.accessKeyId, secret: c.secretAccessKey, token: c.sessionToken });
      },
      (e: unknown) => setError(e),
    );
    return () => void (left = true);
    // They are asked for once.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  if (error !== undefined) return <Failure error={error} />;
  return (
    <div>
      Credentials of who is signed in are in the settings below.
      {ends && (
        <>
          {" "}
          They end at <Time at={ends} />, or when you sign out.
        </>
      )}
    </div>
  );
}
