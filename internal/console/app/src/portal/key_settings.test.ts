import { expect, test } from "vitest";
import { centerSettings, credentialsFile, environment, type Of } from "./key_settings";

const of: Of = {
  endpoint: "https://db.example.com",
  account: "111122223333",
  role: "ReadOnly",
  credentials: {
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "se/cr+et",
    SessionToken: "to/ken==",
    Expiration: "2026-01-01T00:00:00Z",
    Region: "eu-west-1",
    StartURL: "https://db.example.com/start",
  },
};

test("variables are set as each shell does", () => {
  const first = (shell: Parameters<typeof environment>[0]) => environment(shell, of)[0]!.text.split("\n").slice(1, 2)[0];
  expect(first("posix")).toBe('export AWS_SECRET_ACCESS_KEY="se/cr+et"');
  expect(first("windows")).toBe("SET AWS_SECRET_ACCESS_KEY=se/cr+et");
  expect(first("powershell")).toBe('$Env:AWS_SECRET_ACCESS_KEY="se/cr+et"');
});

test("each says where the server is", () => {
  for (const make of [centerSettings, environment, credentialsFile]) {
    for (const shell of ["posix", "windows", "powershell"] as const) {
      for (const { text } of make(shell, of)) expect(text).toMatch(/(AWS_ENDPOINT_URL=|endpoint_url ?= ?)"?https:\/\/db\.example\.com/);
    }
  }
});

test("a profile is of one role in one account", () => {
  expect(centerSettings("posix", of)[1]!.text).toContain("[profile 111122223333_ReadOnly]\nsso_session = stator\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n");
  expect(credentialsFile("windows", of)[0]!.text).toMatch(/^\[111122223333_ReadOnly\]\naws_access_key_id=ASIAEXAMPLE\n/);
});
