// What somebody fills in for a profile.
import type { Profile, ProfileSettings } from "../aws/rolesanywhere";
import { nameFault } from "./names";

export interface ProfileDraft {
  name: string;
  roles: string[];
  policies: string[];
  /** JSON; empty if there is none. */
  inline: string;
  seconds: number;
  named: boolean;
}

export const emptyProfile: ProfileDraft = { name: "", roles: [], policies: [], inline: "", seconds: 3600, named: false };

export const draftOf = (p: Profile): ProfileDraft => ({
  name: p.name,
  roles: p.roleArns,
  policies: p.managedPolicyArns,
  inline: p.sessionPolicy ?? "",
  seconds: p.durationSeconds,
  named: p.acceptRoleSessionName,
});

/** The API has no way to take an inline policy away: one that is empty is left as it was. */
export const settingsOf = (d: ProfileDraft): ProfileSettings => ({
  name: d.name,
  roleArns: d.roles,
  managedPolicyArns: d.policies,
  sessionPolicy: d.inline.trim() || undefined,
  durationSeconds: d.seconds,
  acceptRoleSessionName: d.named,
});

export const rolesFault = ({ roles }: ProfileDraft) => (roles.length ? undefined : "Choose a role.");

/** What is wrong with the inline policy; before is the one that there was. */
export function inlineFault({ inline }: ProfileDraft, before: string): string | undefined {
  if (!inline.trim()) return before ? "An inline policy can be replaced, and not be taken away. For sessions without one create another profile." : undefined;
  try {
    JSON.parse(inline);
  } catch {
    return "The policy is no JSON.";
  }
}

/** Whether a draft can be sent. */
export const complete = (d: ProfileDraft, before: string) => !nameFault(d.name) && !rolesFault(d) && !inlineFault(d, before);

/** arn:aws:iam::111122223333:role/path/Reports -> Reports */
export const roleNameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

/** The lengths of sessions that are offered, in seconds. */
export const durations: [seconds: number, label: string][] = [
  [900, "15 minutes"],
  [1800, "30 minutes"],
  [3600, "1 hour"],
  [7200, "2 hours"],
  [14_400, "4 hours"],
  [28_800, "8 hours"],
  [43_200, "12 hours"],
];

export const durationOf = (seconds: number) => durations.find(([s]) => s === seconds)?.[1] ?? `${seconds} seconds`;

/** A trust policy for roles of machines: with the name of an organizational unit in their certificates. */
export const trustPolicy = JSON.stringify(
  {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "rolesanywhere.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        Condition: {
          StringEquals: { "aws:PrincipalTag/x509Subject/OU": "Reports" },
          ArnEquals: { "aws:SourceArn": "ARN of the trust anchor" },
        },
      },
    ],
  },
  null,
  2,
);
