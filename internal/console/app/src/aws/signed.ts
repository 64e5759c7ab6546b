// Requests to APIs of AWS that there is no usable client for: signed like those of the SDK's clients, with errors like theirs.
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import { credentials, currentRegion } from "./credentials";

interface SignedRequest {
  /** The name of the service in signatures. */
  service: string;
  method: string;
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: object;
}

/** By how much the clock here is wrong, as far as is known, in milliseconds; and what is taken for wrong, as by the SDK's clients. */
let offset = 0;
const wrong = 240_000;

/** Sends a signed request, and returns the JSON that it is answered with. */
export async function signed<Output>(request: SignedRequest): Promise<Output> {
  let answer = await send(request);
  const off = Date.parse(answer.headers.get("date") ?? "") - Date.now();
  if (!answer.ok && Math.abs(off - offset) > wrong) {
    offset = off;
    answer = await send(request);
  }
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : {}) as Output;
  throw failure(answer, text);
}

async function send({ service, method, path, query = {}, headers: given, body: input }: SignedRequest): Promise<Response> {
  const body = input && JSON.stringify(input);
  const signer = new SignatureV4({ service, region: currentRegion(), credentials, sha256: Sha256 });
  const { protocol, hostname, host } = location;
  const { headers } = await signer.sign(
    { method, protocol, hostname, path, query, headers: { host, ...given }, body },
    { signingDate: new Date(Date.now() + offset) },
  );
  const { host: _, ...sent } = headers; // the browser sets it
  const words = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join("="));
  return fetch(words.length ? `${path}?${words.join("&")}` : path, { method, headers: sent, body, cache: "no-store" });
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
  error.name = answer.headers.get("x-amzn-errortype") ?? said.__type?.split("#").pop() ?? "RequestFailed";
  const requestId = answer.headers.get("x-amzn-requestid") ?? undefined;
  return Object.assign(error, { $metadata: { requestId, httpStatusCode: answer.status } });
}
