// Trust policies: who may assume a role.
import { pretty } from "../policies/document";
import { nameOf } from "../providers/list";

export const entityTypes = [
  { id: "account", label: "AWS account", description: "Allow entities in other AWS accounts belonging to you or a 3rd party to perform actions in this account." },
  { id: "web", label: "Web identity", description: "Allow users federated by the specified external web identity provider to assume this role." },
  { id: "saml", label: "SAML 2.0 federation", description: "Allow users federated with SAML 2.0 from a corporate directory to perform actions in this account." },
  { id: "custom", label: "Custom trust policy", description: "Create a custom trust policy to enable others to perform actions in this account." },
] as const;

export type EntityType = (typeof entityTypes)[number]["id"];

export interface TrustChoice {
  type: EntityType;
  /** The account is another one. */
  another: boolean;
  account: string;
  useExternalId: boolean;
  externalId: string;
  mfa: boolean;
  /** The ARN of an identity provider. */
  provider: string;
  audience: string;
  /** As in a custom trust policy. */
  document: string;
}

const statement = (rest: object) => pretty({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...rest }] });

export const noTrust: TrustChoice = {
  type: "account",
  another: false,
  account: "",
  useExternalId: false,
  externalId: "",
  mfa: false,
  provider: "",
  audience: "",
  document: pretty({
    Version: "2012-10-17",
    Statement: [{ Sid: "Statement1", Effect: "Allow", Principal: {}, Action: "sts:AssumeRole" }],
  }),
};

/** What AWS's own SAML endpoint has as its audience; the one that providers are set up with. */
export const samlAudience = "https://signin.aws.amazon.com/saml";

/** The trust policy of a choice; own is the account's id. */
export function trustPolicy(c: TrustChoice, own: string): string {
  switch (c.type) {
    case "account": {
      const external = c.another && c.useExternalId && { StringEquals: { "sts:ExternalId": c.externalId } };
      const mfa = c.mfa && { Bool: { "aws:MultiFactorAuthPresent": "true" } };
      return statement({
        Action: "sts:AssumeRole",
        Principal: { AWS: `arn:aws:iam::${c.another ? c.account : own}:root` },
        Condition: { ...external, ...mfa },
      });
    }
    case "web":
      return statement({
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: c.provider },
        Condition: { StringEquals: { [`${nameOf(c.provider)}:aud`]: c.audience } },
      });
    case "saml":
      return statement({
        Action: "sts:AssumeRoleWithSAML",
        Principal: { Federated: c.provider },
        Condition: { StringEquals: { "SAML:aud": samlAudience } },
      });
    case "custom":
      return c.document;
  }
}

/** Why a choice isn't complete yet; undefined if it is. */
export function missing(c: TrustChoice): string | undefined {
  switch (c.type) {
    case "account":
      if (c.another && !/^\d{12}$/.test(c.account)) return "Enter an account ID of 12 digits.";
      return c.another && c.useExternalId && !c.externalId ? "Enter the external ID." : undefined;
    case "web":
      if (!c.provider) return "Choose an identity provider.";
      return c.audience ? undefined : "Choose an audience.";
    case "saml":
      return c.provider ? undefined : "Choose a SAML 2.0 provider.";
    case "custom":
      return c.document.trim() ? undefined : "Write the trust policy.";
  }
}

/** Those whom a trust policy names, for lists: "Account: 111122223333". */
export function trusted(document: string): string[] {
  try {
    const { Statement } = JSON.parse(document) as { Statement: Named | Named[] };
    return [...new Set([Statement].flat().flatMap((s) => (s.Effect === "Allow" ? principals(s.Principal) : [])))];
  } catch {
    return [];
  }
}

interface Named {
  Effect?: string;
  Principal?: string | Record<string, string | string[]>;
}

function principals(principal: Named["Principal"]): string[] {
  if (!principal) return [];
  if (typeof principal === "string") return ["Everybody"];
  return Object.entries(principal).flatMap(([kind, names]) => [names].flat().map((name) => named(kind, name)));
}

function named(kind: string, name: string): string {
  if (kind === "Service") return `AWS Service: ${name.replace(/\.amazonaws\.com$/, "")}`;
  if (kind === "Federated") return `Identity Provider: ${name}`;
  const account = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
  return account ? `Account: ${account}` : name;
}
