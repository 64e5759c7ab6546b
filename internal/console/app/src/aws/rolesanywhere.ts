// The API of IAM Roles Anywhere ("IAM Roles Anywhere API Reference"). The SDK's client of today is not among the packages of npm.
import { signed } from "./signed";

export interface TrustAnchor {
  trustAnchorId: string;
  trustAnchorArn: string;
  name: string;
  source: { sourceType: string; sourceData: { x509CertificateData?: string } };
  enabled: boolean;
  createdAt: string;
  updatedAt: string;
}

export type CertificateField = "x509Subject" | "x509Issuer" | "x509SAN";

export interface Profile {
  profileId: string;
  profileArn: string;
  name: string;
  enabled: boolean;
  createdBy: string;
  roleArns: string[];
  sessionPolicy?: string;
  managedPolicyArns: string[];
  durationSeconds: number;
  acceptRoleSessionName: boolean;
  attributeMappings: { certificateField: CertificateField; mappingRules: { specifier: string }[] }[];
  createdAt: string;
  updatedAt: string;
}

/** What of a profile somebody decides. */
export type ProfileSettings = Pick<Profile, "name" | "roleArns" | "sessionPolicy" | "managedPolicyArns" | "durationSeconds" | "acceptRoleSessionName">;

export interface RevocationList {
  crlId: string;
  crlArn: string;
  name: string;
  enabled: boolean;
  /** PEM, in base64. */
  crlData: string;
  trustAnchorArn: string;
  updatedAt: string;
}

export interface Subject {
  subjectId: string;
  subjectArn: string;
  x509Subject: string;
  lastSeenAt: string;
  createdAt: string;
}

export interface SubjectDetail extends Subject {
  credentials: { seenAt: string; serialNumber: string; issuer: string; x509CertificateData: string; failed: boolean }[];
}

interface Tag {
  key: string;
  value: string;
}

const ask = <Output>(method: string, path: string, more: { query?: Record<string, string>; body?: object } = {}): Promise<Output> =>
  signed({ service: "rolesanywhere", method, path, headers: more.body && { "content-type": "application/json" }, ...more });

/** All of a list, which comes in pages. */
async function list<Item>(path: string, member: string): Promise<Item[]> {
  const found: Item[] = [];
  for (let query: Record<string, string> | undefined = {}; query; ) {
    const page: { nextToken?: string } & Record<string, unknown> = await ask("GET", path, { query });
    found.push(...(page[member] as Item[]));
    query = page.nextToken ? { nextToken: page.nextToken } : undefined;
  }
  return found;
}

const bundle = (x509CertificateData: string) => ({ sourceType: "CERTIFICATE_BUNDLE", sourceData: { x509CertificateData } });

const state = (enabled: boolean) => (enabled ? "enable" : "disable");

export const rolesAnywhere = {
  trustAnchors: () => list<TrustAnchor>("/trustanchors", "trustAnchors"),
  trustAnchor: async (id: string) => (await ask<{ trustAnchor: TrustAnchor }>("GET", `/trustanchor/${id}`)).trustAnchor,
  createTrustAnchor: async (name: string, certificates: string, tags: Tag[]) =>
    (await ask<{ trustAnchor: TrustAnchor }>("POST", "/trustanchors", { body: { name, source: bundle(certificates), enabled: true, tags } }))
      .trustAnchor,
  updateTrustAnchor: (id: string, name: string, certificates: string) =>
    ask("PATCH", `/trustanchor/${id}`, { body: { name, source: bundle(certificates) } }),
  enableTrustAnchor: (id: string, enabled: boolean) => ask("POST", `/trustanchor/${id}/${state(enabled)}`),
  deleteTrustAnchor: (id: string) => ask("DELETE", `/trustanchor/${id}`),

  profiles: () => list<Profile>("/profiles", "profiles"),
  profile: async (id: string) => (await ask<{ profile: Profile }>("GET", `/profile/${id}`)).profile,
  createProfile: async (settings: ProfileSettings, tags: Tag[]) =>
    (await ask<{ profile: Profile }>("POST", "/profiles", { body: { ...settings, enabled: true, tags } })).profile,
  updateProfile: (id: string, settings: ProfileSettings) => ask("PATCH", `/profile/${id}`, { body: settings }),
  enableProfile: (id: string, enabled: boolean) => ask("POST", `/profile/${id}/${state(enabled)}`),
  deleteProfile: (id: string) => ask("DELETE", `/profile/${id}`),
  putAttributeMapping: (id: string, certificateField: CertificateField, specifier: string) =>
    ask("PUT", `/profiles/${id}/mappings`, { body: { certificateField, mappingRules: [{ specifier }] } }),
  deleteAttributeMapping: (id: string, certificateField: CertificateField, specifiers: string) =>
    ask("DELETE", `/profiles/${id}/mappings`, { query: { certificateField, specifiers } }),

  lists: () => list<RevocationList>("/crls", "crls"),
  importList: (trustAnchorArn: string, name: string, pem: string) =>
    ask("POST", "/crls", { body: { trustAnchorArn, name, crlData: btoa(pem), enabled: true } }),
  updateList: (id: string, name: string, pem: string) => ask("PATCH", `/crl/${id}`, { body: { name, crlData: btoa(pem) } }),
  enableList: (id: string, enabled: boolean) => ask("POST", `/crl/${id}/${state(enabled)}`),
  deleteList: (id: string) => ask("DELETE", `/crl/${id}`),

  subjects: () => list<Subject>("/subjects", "subjects"),
  subject: async (id: string) => (await ask<{ subject: SubjectDetail }>("GET", `/subject/${id}`)).subject,

  tags: async (resourceArn: string) => (await ask<{ tags: Tag[] }>("GET", "/ListTagsForResource", { query: { resourceArn } })).tags,
  tag: (resourceArn: string, tags: Tag[]) => ask("POST", "/TagResource", { body: { resourceArn, tags } }),
  untag: (resourceArn: string, tagKeys: string[]) => ask("POST", "/UntagResource", { body: { resourceArn, tagKeys } }),
};
