// What AWS's console alone asks of IAM Identity Center and its directory. AWS documents the actions and has no client for them ("Actions,
// resources, and condition keys for AWS IAM Identity Center" and "… AWS IAM Identity Center directory", Service Authorization Reference).
import { signed } from "./signed";

/** The directory's own API. */
export const ssoDirectory = <Output>(operation: string, input: object) => ask<Output>("sso-directory", `SWBUPService.${operation}`, input);

/** Settings of the instance. */
export const ssoSettings = <Output>(operation: string, input: object) => ask<Output>("sso", `SWBExternalService.${operation}`, input);

/** Sends a signed request of AWS's JSON 1.1 protocol. */
const ask = <Output>(service: string, target: string, input: object): Promise<Output> =>
  signed({
    service,
    method: "POST",
    path: "/",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: input,
  });
