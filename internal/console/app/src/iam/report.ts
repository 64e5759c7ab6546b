// The credential report: what the server knows of the credentials of all users at once.
import { GenerateCredentialReportCommand, GetCredentialReportCommand } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { useAws } from "../aws/query";

export interface ReportedKey {
  active: boolean;
  rotated?: Date;
  used?: Date;
}

export interface ReportedUser {
  name: string;
  arn: string;
  password: boolean;
  passwordUsed?: Date;
  passwordChanged?: Date;
  mfa: boolean;
  /** Both, whether they are there or not. */
  keys: ReportedKey[];
  /** The latest use of password or keys. */
  used?: Date;
}

export interface Report {
  generated: Date;
  /** The report as the server gave it, a CSV file. */
  text: string;
  columns: string[];
  rows: string[][];
  users: ReportedUser[];
}

const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

export async function loadReport(): Promise<Report> {
  while ((await iam().send(new GenerateCredentialReportCommand({}))).State !== "COMPLETE") await wait(200);
  const { Content, GeneratedTime } = await iam().send(new GetCredentialReportCommand({}));
  const text = new TextDecoder().decode(Content);
  const [columns = [], ...rows] = parse(text);
  return { generated: GeneratedTime!, text, columns, rows, users: rows.map((row) => user(columns, row)) };
}

export const useReport = () => useAws(["iam", "CredentialReport"], loadReport);

/** The lines of a CSV file as RFC 4180 has them: names of users may have commas. */
function parse(text: string): string[][] {
  return text.split(/\r?\n/).filter(Boolean).map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ""),
  );
}

function user(columns: string[], row: string[]): ReportedUser {
  const field = (name: string) => row[columns.indexOf(name)] ?? "";
  // What is not a time is N/A, no_information or not_supported.
  const time = (name: string) => (/^\d{4}-/.test(field(name)) ? new Date(field(name)) : undefined);
  const keys = [1, 2].map((n) => ({
    active: field(`access_key_${n}_active`) === "true",
    rotated: time(`access_key_${n}_last_rotated`),
    used: time(`access_key_${n}_last_used_date`),
  }));
  const uses = [time("password_last_used"), ...keys.map((k) => k.used)].filter((t) => t !== undefined);
  return {
    name: field("user"),
    arn: field("arn"),
    password: field("password_enabled") === "true",
    passwordUsed: time("password_last_used"),
    passwordChanged: time("password_last_changed"),
    mfa: field("mfa_active") === "true",
    keys,
    used: uses.sort((a, b) => b.getTime() - a.getTime())[0],
  };
}

/** Keys are old after this many days, and inactive if nobody used them for as long. */
export const oldAfterDays = 90;

export const days = (since: Date | undefined) => (since ? Math.floor((Date.now() - since.getTime()) / 86_400_000) : undefined);

/** "3 days", "today"; "–" if there is none. */
export function age(since: Date | undefined): string {
  const n = days(since);
  if (n === undefined) return "–";
  return n === 0 ? "Today" : `${n} ${n === 1 ? "day" : "days"}`;
}
