// Where people come from: the configurations of outside sources, as the directory's API has them.
import { ssoDirectory } from "../aws/ssodirectory";

export type SourceType = "SAML" | "OIDC" | "LDAP";

export interface Saml {
  Metadata?: string;
  MetadataUrl?: string;
  AllowIdPInitiated?: boolean;
  /** Shown only. */
  EntityId?: string;
}

export interface Oidc {
  Issuer: string;
  ClientId: string;
  /** Never shown; left out, it stays. */
  ClientSecret?: string;
  Scopes?: string[];
  CertificateAuthority?: string;
}

export interface Ldap {
  Urls: string[];
  StartTls?: boolean;
  CertificateAuthority?: string;
  Kind?: "ActiveDirectory" | "LDAP";
  BindDn?: string;
  BindPassword?: string;
  UserBase: string;
  UserFilter?: string;
  GroupBase?: string;
  GroupFilter?: string;
  MemberAttribute?: string;
  UniqueIdAttribute?: string;
  NestedGroups?: boolean;
  SyncIntervalInMinutes?: number;
  /** How the last sync went. Shown only. */
  LastSync?: { At: string; Users: number; Groups: number; Created: number; Disabled: number; Wrong: number; Error: string };
}

export interface ConfigurationInput {
  Name: string;
  CreateUsers: boolean;
  CreateGroups: boolean;
  MatchBy: "UserName" | "Email";
  AttributeMappings: Record<string, string>;
  GroupAttribute: string;
  GroupMappings: Record<string, string>;
  PublicUrl: string;
  Saml?: Saml;
  Oidc?: Oidc;
  Ldap?: Ldap;
}

export interface Configuration extends Partial<ConfigurationInput> {
  ConfigurationId: string;
  Type: SourceType;
  Enabled: boolean;
  Name: string;
}

export interface ServiceProvider {
  EntityId: string;
  AcsUrl: string;
  SloUrl: string;
  MetadataUrl: string;
  Metadata: string;
  OidcRedirectUrl: string;
  OidcBackchannelLogoutUrl: string;
  OidcPostLogoutUrl: string;
}

interface Reference {
  IdentityStoreId: string;
  ConfigurationId: string;
}

export const sources = {
  list: async (IdentityStoreId: string) =>
    (await ssoDirectory<{ Configurations: Configuration[] }>("ListExternalIdPConfigurationsForDirectory", { IdentityStoreId })).Configurations,
  describe: async (of: Reference) =>
    (await ssoDirectory<{ Configuration: Configuration }>("DescribeExternalIdPConfigurationForDirectory", of)).Configuration,
  create: (input: ConfigurationInput & { IdentityStoreId: string; Type: SourceType }) =>
    ssoDirectory<{ ConfigurationId: string }>("CreateExternalIdPConfigurationForDirectory", input),
  update: (input: ConfigurationInput & Reference) => ssoDirectory<object>("UpdateExternalIdPConfigurationForDirectory", input),
  /** The source is tried before. */
  enable: (of: Reference) => ssoDirectory<object>("EnableExternalIdPConfigurationForDirectory", of),
  disable: (of: Reference) => ssoDirectory<object>("DisableExternalIdPConfigurationForDirectory", of),
  delete: (of: Reference) => ssoDirectory<object>("DeleteExternalIdPConfigurationForDirectory", of),
  /** What is entered at a provider. */
  serviceProvider: (of: Reference) => ssoDirectory<ServiceProvider>("GetAWSSPConfigurationForDirectory", of),
};
