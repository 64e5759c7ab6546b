import type { Source } from "../session/people";
import type { SourceType } from "./sources";

export const sourceNames: Record<Source["Kind"], string> = {
  directory: "Identity Center directory",
  saml: "External identity provider (SAML 2.0)",
  oidc: "External identity provider (OpenID Connect)",
  ldap: "LDAP directory or Active Directory",
};

export const typeNames: Record<SourceType, string> = { SAML: sourceNames.saml, OIDC: sourceNames.oidc, LDAP: sourceNames.ldap };
