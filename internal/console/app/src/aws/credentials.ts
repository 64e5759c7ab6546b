// The temporary credentials of the session. They are in memory only, and asked for anew before they expire.
import type { AwsCredentialIdentity } from "@aws-sdk/types";
import { currentSettings } from "../shell/settings";
import { signin, SignInError, type Session } from "../session/api";

/** How long before its end a set of credentials is replaced, in milliseconds. */
const margin = 60_000;

let open = false;
let arn = "";
let since = "";
let serverRegion = "us-east-1";
let cached: { until: number; credentials: Promise<AwsCredentialIdentity> } | null = null;

/** The server as it described itself, and who is signed in. */
export function connect(session: Session) {
  const now = session.SignedIn ? session.Arn : "";
  if (arn && now && now !== arn) location.reload();
  if (now) arn = now;
  // The credentials are those of one session.
  const begun = session.SignedIn ? session.SignedInAt : "";
  if (begun !== since) forgetCredentials();
  since = begun;
  open = session.OpenAuth;
  serverRegion = session.Region;
}

/** The region that requests are for. */
export const currentRegion = () => currentSettings().region || serverRegion;

export function credentials(): Promise<AwsCredentialIdentity> {
  // Without authentication the key's name is no matter.
  if (open) return Promise.resolve({ accessKeyId: "open", secretAccessKey: "open" });
  if (!cached || cached.until < Date.now()) {
    const fresh = { until: Infinity, credentials: ask() };
    cached = fresh;
    fresh.credentials.then(
      ({ expiration }) => (fresh.until = (expiration?.getTime() ?? 0) - margin),
      () => (cached = null),
    );
  }
  return cached.credentials;
}

async function ask(): Promise<AwsCredentialIdentity> {
  const c = await signin.credentials();
  // Somebody else has signed in, in another tab: nothing of this page is theirs.
  if (arn && c.Arn !== arn) {
    location.reload();
    return new Promise(() => {});
  }
  return {
    accessKeyId: c.AccessKeyId,
    secretAccessKey: c.SecretAccessKey,
    sessionToken: c.SessionToken,
    expiration: new Date(c.Expiration),
  };
}

/** How often credentials have been forgotten. Clients of the SDK keep what they were given, so each is of one set. */
let forgotten = 0;
export const generation = () => forgotten;

export function forgetCredentials() {
  cached = null;
  forgotten++;
}

/** Whether an error says that the session is over, or that its credentials no longer work. */
export function isSignedOut(error: unknown): boolean {
  if (error instanceof SignInError) return error.code === "NotSignedIn";
  const name = error instanceof Error ? error.name : "";
  return ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"].includes(name);
}
