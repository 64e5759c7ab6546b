import { expect, test } from "vitest";
import { draftOf, inputOf, isWhole, noSource } from "./source_draft";

const origin = "https://db.example.com";

test("of a kind, the members of that kind are sent alone", () => {
  for (const [type, member] of [["SAML", "Saml"], ["OIDC", "Oidc"], ["LDAP", "Ldap"]] as const) {
    const input = inputOf({ ...noSource, type, name: "Corporate" }, origin);
    expect(Object.keys(input).filter((k) => ["Saml", "Oidc", "Ldap"].includes(k))).toEqual([member]);
  }
});

test("what is missing keeps it from being sent", () => {
  expect(isWhole(noSource)).toBe(false);
  expect(isWhole({ ...noSource, name: "a", metadata: "<x/>" })).toBe(true);
  expect(isWhole({ ...noSource, name: "a", type: "OIDC", issuer: "https://a" })).toBe(false);
  expect(isWhole({ ...noSource, name: "a", type: "LDAP", urls: "ldaps://a", userBase: "dc=a" })).toBe(true);
});

test("what was saved is what is edited, without its secrets", () => {
  const draft = {
    ...noSource,
    type: "LDAP" as const,
    name: "Corporate",
    urls: "ldaps://a\nldaps://b",
    bindDn: "cn=reader",
    bindPassword: "secret",
    userBase: "dc=a",
    attributes: [["Department", "ou"]] as [string, string][],
    groups: [["cn=devs", "developers"], ["", "nothing"]] as [string, string][],
  };
  const saved = inputOf(draft, origin);
  expect(saved.Ldap?.Urls).toEqual(["ldaps://a", "ldaps://b"]);
  expect(saved.GroupMappings).toEqual({ "cn=devs": "developers" });
  const { Ldap: { BindPassword: _, ...Ldap } = saved.Ldap!, ...rest } = saved;
  const again = draftOf({ ...rest, Ldap, ConfigurationId: "idp-1", Type: "LDAP", Enabled: false });
  expect(again).toEqual({ ...draft, bindPassword: "", groups: [["cn=devs", "developers"]] });
});
