import { expect, test, vi } from "vitest";
import { forgetCredentials } from "./credentials";
import { service } from "./service";

vi.mock("../shell/settings", () => ({ currentSettings: () => ({ region: "us-east-1" }) }));
vi.stubGlobal("location", { origin: "http://127.0.0.1:1" });

test("a client is of one region, and of one set of credentials", () => {
  const client = service((config) => ({ region: config.region }));
  const first = client();
  expect(client()).toBe(first);
  expect(client("eu-west-1")).toEqual({ region: "eu-west-1" });
  forgetCredentials();
  expect(client()).not.toBe(first);
  expect(client()).toBe(client());
});
