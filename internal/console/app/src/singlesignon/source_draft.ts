// What the form of an identity source has, and what of it is sent. Pure.
import type { Configuration, ConfigurationInput, SourceType } from "./sources";

export interface SourceDraft {
  type: SourceType;
  name: string;
  createUsers: boolean;
  createGroups: boolean;
  matchBy: "UserName" | "Email";
  groupAttribute: string;
  /** [name in the directory, name there]. */
  attributes: [string, string][];
  /** [name there, name of the group here]. */
  groups: [string, string][];
  metadata: string;
  metadataUrl: string;
  idpInitiated: boolean;
  issuer: string;
  clientId: string;
  clientSecret: string;
  scopes: string;
  /** PEM, of OIDC and LDAP. */
  authority: string;
  urls: string;
  startTls: boolean;
  activeDirectory: boolean;
  bindDn: string;
  bindPassword: string;
  userBase: string;
  userFilter: string;
  groupBase: string;
  groupFilter: string;
  memberAttribute: string;
  uniqueId: string;
  nested: boolean;
  minutes: string;
}

export const noSource: SourceDraft = {
  type: "SAML",
  name: "",
  createUsers: true,
  createGroups: false,
  matchBy: "UserName",
  groupAttribute: "",
  attributes: [],
  groups: [],
  metadata: "",
  metadataUrl: "",
  idpInitiated: false,
  issuer: "",
  clientId: "",
  clientSecret: "",
  scopes: "profile email",
  authority: "",
  urls: "",
  startTls: true,
  activeDirectory: false,
  bindDn: "",
  bindPassword: "",
  userBase: "",
  userFilter: "",
  groupBase: "",
  groupFilter: "",
  memberAttribute: "",
  uniqueId: "",
  nested: true,
  minutes: "60",
};

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

/** The draft of what there is; secrets are not in it. */
export function draftOf(c: Configuration): SourceDraft {
  const { Saml, Oidc, Ldap } = c;
  return {
    ...noSource,
    type: c.Type,
    name: c.Name,
    createUsers: c.CreateUsers ?? false,
    createGroups: c.CreateGroups ?? false,
    matchBy: c.MatchBy ?? "UserName",
    groupAttribute: c.GroupAttribute ?? "",
    attributes: Object.entries(c.AttributeMappings ?? {}),
    groups: Object.entries(c.GroupMappings ?? {}),
    // With a URL the document is fetched from there.
    metadata: Saml?.MetadataUrl ? "" : (Saml?.Metadata ?? ""),
    metadataUrl: Saml?.MetadataUrl ?? "",
    idpInitiated: Saml?.AllowIdPInitiated ?? false,
    issuer: Oidc?.Issuer ?? "",
    clientId: Oidc?.ClientId ?? "",
    scopes: Oidc?.Scopes?.join(" ") ?? noSource.scopes,
    authority: Oidc?.CertificateAuthority ?? Ldap?.CertificateAuthority ?? "",
    urls: (Ldap?.Urls ?? []).join("\n"),
    startTls: Ldap?.StartTls ?? true,
    activeDirectory: Ldap?.Kind === "ActiveDirectory",
    bindDn: Ldap?.BindDn ?? "",
    userBase: Ldap?.UserBase ?? "",
    userFilter: Ldap?.UserFilter ?? "",
    groupBase: Ldap?.GroupBase ?? "",
    groupFilter: Ldap?.GroupFilter ?? "",
    memberAttribute: Ldap?.MemberAttribute ?? "",
    uniqueId: Ldap?.UniqueIdAttribute ?? "",
    nested: Ldap?.NestedGroups ?? true,
    minutes: String(Ldap?.SyncIntervalInMinutes ?? 60),
  };
}

/** Whether there is enough to send. */
export function isWhole(d: SourceDraft): boolean {
  if (!d.name.trim()) return false;
  if (d.type === "SAML") return d.metadata.trim() !== "" || d.metadataUrl.trim() !== "";
  if (d.type === "OIDC") return d.issuer.trim() !== "" && d.clientId.trim() !== "";
  return words(d.urls).length > 0 && d.userBase.trim() !== "";
}

/** origin is how browsers reach the server. */
export function inputOf(d: SourceDraft, origin: string): ConfigurationInput {
  const filled = (pairs: [string, string][]) => Object.fromEntries(pairs.map(([a, b]) => [a.trim(), b.trim()]).filter(([a, b]) => a && b));
  return {
    Name: d.name.trim(),
    CreateUsers: d.createUsers,
    CreateGroups: d.createGroups,
    MatchBy: d.matchBy,
    AttributeMappings: filled(d.attributes),
    GroupAttribute: d.groupAttribute.trim(),
    GroupMappings: filled(d.groups),
    PublicUrl: origin,
    ...specific(d),
  };
}

function specific(d: SourceDraft): Pick<ConfigurationInput, "Saml" | "Oidc" | "Ldap"> {
  const given = (text: string) => text.trim() || undefined;
  if (d.type === "SAML") {
    return { Saml: { Metadata: d.metadataUrl.trim() ? undefined : given(d.metadata), MetadataUrl: given(d.metadataUrl), AllowIdPInitiated: d.idpInitiated } };
  }
  if (d.type === "OIDC") {
    return {
      Oidc: {
        Issuer: d.issuer.trim(),
        ClientId: d.clientId.trim(),
        ClientSecret: given(d.clientSecret),
        Scopes: words(d.scopes),
        CertificateAuthority: given(d.authority),
      },
    };
  }
  return {
    Ldap: {
      Urls: words(d.urls),
      StartTls: d.startTls,
      CertificateAuthority: given(d.authority),
      Kind: d.activeDirectory ? "ActiveDirectory" : "LDAP",
      BindDn: given(d.bindDn),
      BindPassword: d.bindPassword || undefined,
      UserBase: d.userBase.trim(),
      UserFilter: given(d.userFilter),
      GroupBase: given(d.groupBase),
      GroupFilter: given(d.groupFilter),
      MemberAttribute: given(d.memberAttribute),
      UniqueIdAttribute: given(d.uniqueId),
      NestedGroups: d.nested,
      SyncIntervalInMinutes: Number(d.minutes) || undefined,
    },
  };
}

/** What a source can set, of the directory. */
export const attributeNames = (
  "Subject UserName Email GivenName FamilyName DisplayName NickName Title UserType PhoneNumber PreferredLanguage Locale Timezone " +
  "EmployeeNumber CostCenter Organization Division Department Manager"
).split(" ");
