// The settings of clients: texts to copy into files, shells and programs. Pure.
import type { Snippet } from "../parts/snippets";

export interface Key {
  id: string;
  secret: string;
  token?: string;
}

export interface Target {
  /** https://db.example.com, without a slash at its end. */
  endpoint: string;
  region: string;
  /** The name of the profile; "default" is the one that needs no name. */
  profile: string;
  key: Key;
  /** Which services have this endpoint: all, or those of the databases, for who uses AWS besides. */
  services: "all" | "dynamodb";
}

/** ~/.aws/config and ~/.aws/credentials ("Configuration and credential file settings", AWS CLI User Guide). */
export function cliFiles(t: Target): Snippet[] {
  const heading = t.profile === "default" ? "[default]" : `[profile ${t.profile}]`;
  const name = t.profile === "default" ? "stator" : t.profile;
  const use = t.profile === "default" ? "" : ` --profile ${t.profile}`;
  const config =
    t.services === "all"
      ? [heading, `region = ${t.region}`, `endpoint_url = ${t.endpoint}`]
      : [
          heading,
          `region = ${t.region}`,
          `services = ${name}`,
          "",
          `[services ${name}]`,
          ...["dynamodb", "dynamodb_streams"].flatMap((s) => [`${s} =`, `  endpoint_url = ${t.endpoint}`]),
        ];
  return [
    { title: "~/.aws/config", hint: "On Windows: %USERPROFILE%\\.aws\\config", text: lines(config) },
    {
      title: "~/.aws/credentials",
      hint: "Only you should be able to read it: chmod 600 ~/.aws/credentials",
      text: lines([
        `[${t.profile}]`,
        `aws_access_key_id = ${t.key.id}`,
        `aws_secret_access_key = ${t.key.secret}`,
        ...(t.key.token ? [`aws_session_token = ${t.key.token}`] : []),
      ]),
    },
    {
      title: "Commands to try it",
      text: lines([...(t.services === "all" ? [`aws sts get-caller-identity${use}`] : []), `aws dynamodb list-tables${use}`]),
    },
  ];
}

export function environment(t: Target): Snippet[] {
  const variables: [string, string][] = [
    ...(t.services === "all"
      ? [["AWS_ENDPOINT_URL", t.endpoint] as [string, string]]
      : ["DYNAMODB", "DYNAMODB_STREAMS"].map((s): [string, string] => [`AWS_ENDPOINT_URL_${s}`, t.endpoint])),
    ["AWS_REGION", t.region],
    ["AWS_ACCESS_KEY_ID", t.key.id],
    ["AWS_SECRET_ACCESS_KEY", t.key.secret],
    ...(t.key.token ? [["AWS_SESSION_TOKEN", t.key.token] as [string, string]] : []),
  ];
  return [
    { title: "bash, zsh", text: lines(variables.map(([name, value]) => `export ${name}='${value}'`)) },
    { title: "PowerShell", text: lines(variables.map(([name, value]) => `$Env:${name} = '${value}'`)) },
    { title: "A file of variables", hint: "For Docker, docker compose, systemd: .env", text: lines(variables.map(([name, value]) => `${name}=${value}`)) },
  ];
}

/** What another program asks for in a form. */
export function formFields(t: Target, table: string): [name: string, value: string][] {
  const url = new URL(t.endpoint);
  const tls = url.protocol === "https:";
  return [
    ["Endpoint URL", t.endpoint],
    ["Host", url.hostname],
    ["Port", url.port || (tls ? "443" : "80")],
    ["TLS (SSL)", tls ? "Yes" : "No"],
    ["Region", t.region],
    ["Access key ID", t.key.id],
    ["Secret access key", t.key.secret],
    ...(t.key.token ? [["Session token", t.key.token] as [string, string]] : []),
    ["Table", table || "the name of a table"],
  ];
}

export const lines = (all: string[]) => all.join("\n") + "\n";
