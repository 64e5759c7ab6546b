// The actions, resources and condition keys of the services that a policy can be about ("Actions, resources, and condition keys",
// Service Authorization Reference), as far as the server has them.
import table from "./services.json";

export const levels = ["List", "Read", "Write", "Permissions management", "Tagging"] as const;
export type Level = (typeof levels)[number];

export interface Action {
  name: string;
  level: Level;
  /** The types of resource that it can be limited to; none: only all resources. */
  resources: string[];
}

export interface Service {
  /** As in the names of actions: "dynamodb". */
  prefix: string;
  name: string;
  /** ARNs by the type of resource, with ${Variables}. */
  resources: Record<string, string>;
  /** Condition keys of its own. One that ends with a slash is followed by the key of a tag. */
  keys: string[];
  actions: Action[];
}

type Row = Omit<Service, "actions" | "resources"> & {
  resources: Record<string, string | undefined>;
  /** Names by level and types of resource: {"Read": {"table index": "Query Scan"}}. */
  actions: Partial<Record<Level, Record<string, string | undefined>>>;
};

export const services: Service[] = (table as Row[]).map(({ prefix, name, resources, keys, actions }) => ({
  prefix,
  name,
  keys,
  resources: Object.fromEntries(Object.entries(resources).map(([type, arn]) => [type, arn ?? ""])),
  actions: levels
    .flatMap((level) =>
      Object.entries(actions[level] ?? {}).flatMap(([types, names]) =>
        words(names).map((name) => ({ name, level, resources: words(types) })),
      ),
    )
    .sort((a, b) => a.name.localeCompare(b.name)),
}));

export const serviceOf = (prefix: string) => services.find((s) => s.prefix === prefix.toLowerCase());
export const serviceName = (prefix: string) => (prefix === "*" ? "All services" : (serviceOf(prefix)?.name ?? prefix));

/** The actions that a pattern such as Get* names. */
export const actionsLike = (service: Service, pattern: string) => {
  const like = wildcards(pattern);
  return service.actions.filter((a) => like.test(a.name));
};

const wildcards = (pattern: string) =>
  new RegExp(
    `^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")}$`,
    "i",
  );

/** Keys that are there for every service ("AWS global condition context keys", IAM User Guide). */
export const globalKeys = [
  "aws:CurrentTime",
  "aws:EpochTime",
  "aws:MultiFactorAuthAge",
  "aws:MultiFactorAuthPresent",
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalTag/",
  "aws:PrincipalType",
  "aws:RequestedRegion",
  "aws:RequestTag/",
  "aws:ResourceTag/",
  "aws:SecureTransport",
  "aws:SourceIp",
  "aws:TagKeys",
  "aws:TokenIssueTime",
  "aws:UserAgent",
  "aws:userid",
  "aws:username",
];

/** "IAM JSON policy elements: Condition operators", IAM User Guide. */
export const operators = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericNotEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateEquals",
  "DateNotEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
  "ArnEquals",
  "ArnLike",
  "ArnNotEquals",
  "ArnNotLike",
  "Null",
];

function words(text: string | undefined): string[] {
  return text?.split(" ").filter(Boolean) ?? [];
}
