// What AWS's console alone asks of IAM Identity Center and its directory. AWS documents the actions and has no client for them ("Actions,
// resources, and condition keys for AWS IAM Identity Center" and "… AWS IAM Identity Center directory", Service Authorization Reference).
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { credentials, currentRegion } from "./credentials";
import { ssoAdmin } from "./ssoadmin";

/** The directory's own API. */
export const ssoDirectory = <Output>(operation: string, input: object) => ask<Output>("sso-directory", `SWBUPService.${operation}`, input);

/** Settings of the instance. */
export const ssoSettings = <Output>(operation: string, input: object) => ask<Output>("sso", `SWBExternalService.${operation}`, input);

/** Sends a signed request of AWS's JSON 1.1 protocol. */
async function ask<Output>(service: string, target: string, input: object): Promise<Output> {
  const body = JSON.stringify(input);
  const signer = new SignatureV4({ service, region: currentRegion(), credentials, sha256: Sha256 });
  const request = {
    method: "POST",
    protocol: location.protocol,
    hostname: location.hostname,
    path: "/",
    headers: { host: location.host, "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body,
  };
  // By how much the clock here is wrong, the SDK's clients find out.
  const { systemClockOffset } = ssoAdmin().config;
  const { headers } = await signer.sign(request, { signingDate: new Date(Date.now() + systemClockOffset) });
  const { host: _, ...signed } = headers; // the browser sets it
  const answer = await fetch("/", { method: "POST", headers: signed, body, cache: "no-store" });
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : {}) as Output;
  throw failure(answer, text);
}

/** An error as those of the SDK are. */
function failure(answer: Response, text: string): Error {
  let said: { __type?: string; message?: string; Message?: string } = {};
  try {
    said = JSON.parse(text);
  } catch {
    // a proxy's page, say
  }
  const error = new Error(said.message ?? said.Message ?? `The server answered with status ${answer.status}.`);
  error.name = said.__type?.split("#").pop() ?? "RequestFailed";
  const requestId = answer.headers.get("x-amzn-requestid") ?? undefined;
  return Object.assign(error, { $metadata: { requestId, httpStatusCode: answer.status } });
}
