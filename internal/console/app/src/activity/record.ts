// What an event of CloudTrail has inside: its record ("CloudTrail record contents", AWS CloudTrail User Guide).
import type { Event } from "@aws-sdk/client-cloudtrail";

export interface EventRecord {
  userIdentity?: { type?: string; arn?: string; userName?: string; accessKeyId?: string };
  awsRegion?: string;
  sourceIPAddress?: string;
  userAgent?: string;
  errorCode?: string;
  errorMessage?: string;
  requestID?: string;
  additionalEventData?: { authorization?: Authorization };
}

/** The decision of the policies about a request. */
export interface Authorization {
  decision?: "Allow" | "ImplicitDeny" | "ExplicitDeny";
  policyType?: string;
  policy?: string;
  statement?: string;
  statementNumber?: number;
  reason?: string;
}

export interface Recorded extends Event {
  record: EventRecord;
}

export function recorded(event: Event): Recorded {
  try {
    return { ...event, record: JSON.parse(event.CloudTrailEvent ?? "{}") as EventRecord };
  } catch {
    return { ...event, record: {} };
  }
}

export const isDenial = (record: EventRecord) =>
  /^(Client\.)?(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/.test(record.errorCode ?? "");
