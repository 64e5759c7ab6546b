// The federation endpoint, as identity brokers use it ("Enable custom identity broker access to the AWS console", IAM User Guide).
import type { Credentials } from "@aws-sdk/client-sts";
import { SignInError } from "../../session/api";

/** Signs this browser in with temporary credentials, and opens the console. */
export async function signIn({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials): Promise<void> {
  const session = { sessionId: AccessKeyId, sessionKey: SecretAccessKey, sessionToken: SessionToken };
  // In the body, since addresses are kept in logs.
  const answer = await fetch("/federation", {
    method: "POST",
    body: new URLSearchParams({ Action: "getSigninToken", Session: JSON.stringify(session) }),
    cache: "no-store",
  });
  const { SigninToken, Code, Message } = (await answer.json()) as { SigninToken?: string; Code?: string; Message?: string };
  if (!SigninToken) throw new SignInError(Code ?? "SignInFailed", Message ?? "The server did not sign the role in.", answer.status);
  location.assign(`/federation?${new URLSearchParams({ Action: "login", Issuer: location.origin, Destination: "/console/", SigninToken })}`);
}
