// What the Access keys dialog has to copy: "Get credentials" of "Using the AWS access portal" (IAM Identity Center User Guide). Pure.
// Each has the endpoint too, since clients look for AWS's otherwise.
import type { Snippet } from "../parts/snippets";
import type { RoleCredentials } from "../session/people";

export type Shell = "posix" | "windows" | "powershell";

export interface Of {
  endpoint: string;
  account: string;
  role: string;
  credentials: RoleCredentials;
}

const set: Record<Shell, (name: string, value: string) => string> = {
  posix: (name, value) => `export ${name}="${value}"`,
  windows: (name, value) => `SET ${name}=${value}`,
  powershell: (name, value) => `$Env:${name}="${value}"`,
};

/** The name of the profile that AWS's portal gives: account_role. */
const profile = ({ account, role }: Of) => `${account}_${role}`;

/** aws configure sso, and what it writes for who would rather write it. */
export function centerSettings(shell: Shell, of: Of): Snippet[] {
  const { Region, StartURL } = of.credentials;
  const run = shell === "posix" ? `AWS_ENDPOINT_URL="${of.endpoint}" aws configure sso` : `${set[shell]("AWS_ENDPOINT_URL", of.endpoint)}\naws configure sso`;
  return [
    { title: "Configure the AWS CLI", hint: "It asks for the values above, and opens this portal in a browser.", text: run },
    {
      title: "Or write the profile yourself",
      hint: `Into ${shell === "posix" ? "~/.aws/config" : "%USERPROFILE%\\.aws\\config"}; then: aws sso login --profile ${profile(of)}`,
      text: `[profile ${profile(of)}]
sso_session = stator
sso_account_id = ${of.account}
sso_role_name = ${of.role}
region = ${Region}
endpoint_url = ${of.endpoint}

[sso-session stator]
sso_start_url = ${StartURL}
sso_region = ${Region}
sso_registration_scopes = sso:account:access`,
    },
  ];
}

export function environment(shell: Shell, { endpoint, credentials: c }: Of): Snippet[] {
  const variables: [string, string][] = [
    ["AWS_ACCESS_KEY_ID", c.AccessKeyId],
    ["AWS_SECRET_ACCESS_KEY", c.SecretAccessKey],
    ["AWS_SESSION_TOKEN", c.SessionToken],
    ["AWS_REGION", c.Region],
    ["AWS_ENDPOINT_URL", endpoint],
  ];
  return [
    { title: "Option 1: Set AWS environment variables", hint: "Run these commands in your terminal.", text: variables.map(([name, value]) => set[shell](name, value)).join("\n") },
  ];
}

export function credentialsFile(shell: Shell, of: Of): Snippet[] {
  const { credentials: c } = of;
  return [
    {
      title: "Option 2: Add a profile to your AWS credentials file",
      hint: `Paste this text into ${shell === "posix" ? "~/.aws/credentials" : "%USERPROFILE%\\.aws\\credentials"}.`,
      text: `[${profile(of)}]
aws_access_key_id=${c.AccessKeyId}
aws_secret_access_key=${c.SecretAccessKey}
aws_session_token=${c.SessionToken}
region=${c.Region}
endpoint_url=${of.endpoint}`,
    },
  ];
}
