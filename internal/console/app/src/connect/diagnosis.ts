// Why a connector was refused, in plain words, from the error that it got. Pure.

export interface Diagnosis {
  /** What kind of fault it is; tests and further checks go by it. */
  cause: Cause;
  title: string;
  text: string;
  /** A policy statement that would allow it. */
  statement?: object;
  /** What the server said. */
  said: string;
}

export type Cause =
  | "clock"
  | "region"
  | "key"
  | "inactive"
  | "secret"
  | "expired"
  | "permission"
  | "denied"
  | "network"
  | "unreachable"
  | "table"
  | "throttled"
  | "other";

interface ServiceError extends Error {
  $metadata?: { httpStatusCode?: number };
}

const denial = /^User: (?<who>\S+) is not authorized to perform: (?<action>[\w-]+:\w+)(?: on resource: (?<resource>\S+))?/;

export function diagnose(error: unknown, where: { endpoint: string; region: string; table?: string }): Diagnosis {
  const e = (error instanceof Error ? error : new Error(String(error))) as ServiceError;
  const said = `${e.name}: ${e.message}`;
  const found = (cause: Cause, title: string, text: string, statement?: object): Diagnosis => ({ cause, title, text, statement, said });

  // The SDK does not even ask with such a name.
  if (/scoped to a valid region|valid hostname component/.test(e.message)) {
    return found("region", "The region has no valid name", `"${where.region}" is no name of a region. An example of one is us-east-1.`);
  }
  if (!e.$metadata?.httpStatusCode) {
    const tls = where.endpoint.startsWith("https:");
    return found(
      "unreachable",
      "The server can't be reached",
      `Nothing answered at ${where.endpoint}. The server may be stopped, or a firewall or proxy is between.` +
        (tls ? " Or its certificate was not accepted: clients other than this browser need the authority that signed it, for example by AWS_CA_BUNDLE." : ""),
    );
  }
  if (/^(Signature expired|Signature not yet current)/.test(e.message)) {
    const [signed, server] = [...e.message.matchAll(/\d{8}T\d{6}Z/g)].map(([stamp]) => stampTime(stamp)).filter((_, i) => i !== 1);
    const by = signed && server ? ` It is ${away(signed, server)} ${signed < server ? "behind" : "ahead of"} the server's.` : "";
    return found("clock", "The clock of this computer is wrong", `Requests are signed with the time, which may be off by 15 minutes at the most.${by} Set the clock, or let it be set over the network (NTP), and try again.`);
  }
  if (/^Requests from your network address are not allowed/.test(e.message)) {
    const address = /: (\S+)$/.exec(e.message)?.[1];
    return found("network", "Your network is not allowed", `The server takes no requests from ${address ?? "your address"}. Who runs it can add the network: stator serve --allow-cidr.`);
  }
  switch (e.name) {
    case "UnrecognizedClientException":
    case "InvalidClientTokenId":
      return found("key", "The access key is not known", "No active access key has this ID. It may be mistyped, of another server, deleted, or inactive; of temporary credentials, the session token may be missing or of other ones.");
    case "InvalidSignatureException":
    case "SignatureDoesNotMatch":
      return found("secret", "The secret access key is wrong", "The key's ID is right and its secret is not. A secret can't be shown again: if it is lost, create another key.");
    case "ExpiredToken":
    case "ExpiredTokenException":
      return found("expired", "The credentials have expired", "Temporary credentials last for a time only. Get new ones, or use an access key.");
    case "AccessDenied":
    case "AccessDeniedException":
      return denied(e, found);
    case "ResourceNotFoundException":
      return found("table", `There is no table ${where.table ?? ""} in ${where.region}`.replace("  ", " "), "Each region has tables of its own. Check the name, with upper and lower case, and the region.");
    case "ThrottlingException":
    case "ProvisionedThroughputExceededException":
    case "RequestLimitExceeded":
      return found("throttled", "Too many requests", "The connection works; the table or the server was asked for too much at once. Clients wait and try again.");
  }
  return found("other", "The server refused the request", e.message);
}

function denied(e: Error, found: (cause: Cause, title: string, text: string, statement?: object) => Diagnosis): Diagnosis {
  const { who, action, resource } = denial.exec(e.message)?.groups ?? {};
  if (!action) return found("permission", "Permission is missing", e.message);
  if (/explicit deny/.test(e.message)) {
    return found("denied", `A policy denies ${action}`, `${who} is denied it explicitly: only a change of the policy that says so can allow it, no further permission can.`);
  }
  return found(
    "permission",
    `The permission ${action} is missing`,
    `The key is right, but no policy allows ${who} to do this. An administrator can add this statement to one of its policies.`,
    { Effect: "Allow", Action: action, Resource: resource ?? "*" },
  );
}

const stampTime = (stamp: string) =>
  new Date(stamp.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, "$1-$2-$3T$4:$5:$6Z"));

function away(a: Date, b: Date): string {
  const minutes = Math.round(Math.abs(a.getTime() - b.getTime()) / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
}
