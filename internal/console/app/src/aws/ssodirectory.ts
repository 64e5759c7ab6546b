// The API that AWS's console manages the directory of IAM Identity Center with. AWS documents its actions and has no client for
// it ("Actions, resources, and condition keys for AWS IAM Identity Center directory", Service Authorization Reference).
import { signed } from "./signed";

/** Sends a signed request of AWS's JSON 1.1 protocol. */
export const ssoDirectory = <Output>(operation: string, input: object): Promise<Output> =>
  signed({
    service: "sso-directory",
    method: "POST",
    path: "/",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `SWBUPService.${operation}` },
    body: input,
  });
