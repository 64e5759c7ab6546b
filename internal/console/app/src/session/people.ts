// The sign-in endpoints for people: those of IAM Identity Center, who have a session of their own beside that of the console.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ask, sessionKey, type SignInState } from "./api";

export interface Source {
  Kind: "directory" | "saml" | "oidc" | "ldap";
  Name: string;
}

interface Center {
  /** There is an instance of IAM Identity Center. */
  Enabled: boolean;
  Source: Source;
  StartURL: string;
  InstanceName: string;
  Region: string;
}

export interface Person {
  SignedIn: true;
  UserId: string;
  UserName: string;
  DisplayName: string;
  Email: string;
  Expires: string;
  /** A code of a device was asked for. */
  MFA: boolean;
  MFARegistered: boolean;
}

export type PersonSession = Center & (Person | { SignedIn: false });

export interface Role {
  Name: string;
  PermissionSetArn: string;
}

export interface Account {
  AccountId: string;
  AccountName: string;
  Email: string;
  Roles: Role[];
}

export interface RoleCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
  Expiration: string;
  /** Of the Identity Center. */
  Region: string;
  StartURL: string;
}

export interface MFADevice {
  Id: string;
  Name: string;
  /** When it was registered. */
  Created: string;
}

/** An authenticator app to be: it counts once a code of it is confirmed. */
export interface NewDevice {
  Id: string;
  Secret: string;
  /** The URL of a picture. */
  QRCode: string;
}

export interface SignInInput {
  UserName: string;
  Password: string;
  MFACode?: string;
  NewPassword?: string;
  /** Of a device that has to be registered, whose code MFACode is then. */
  DeviceId?: string;
  DeviceName?: string;
}

export interface SignInResult {
  State: SignInState | "Redirect" | "MFARegistrationRequired";
  Location?: string;
  /** The one to be registered. */
  Device?: NewDevice;
}

export interface DeviceRequest {
  ClientName: string;
  Scopes: string[];
  State: "Pending" | "Allowed" | "Denied" | "Expired";
}

export interface AuthorizationRequest {
  ClientName: string;
  Scopes: string[];
  RedirectHost: string;
}

export interface LoginRequest {
  Account: string;
  Name: string;
  RedirectHost: string;
  /** The program is on another machine: a code is copied to it. */
  CrossDevice: boolean;
}

export interface SAMLRole {
  RoleArn: string;
  Name: string;
  Account: string;
  AccountName: string;
}

const at = (path: string, parameters: Record<string, string>) => `/signin/${path}?${new URLSearchParams(parameters)}`;

export const people = {
  session: () => ask<PersonSession>("GET", "/signin/people/session"),
  /** Where people come from a provider outside, the name alone leads to it. */
  signIn: (input: SignInInput) => ask<SignInResult>("POST", "/signin/people/session", input),
  signOut: () => ask<{ Location?: string }>("DELETE", "/signin/people/session"),
  accounts: () => ask<{ Accounts: Account[] }>("GET", "/signin/people/accounts"),
  /** Begins a session of the console, whose cookie is set. */
  console: (input: { AccountId: string; RoleName: string; Destination?: string }) =>
    ask<{ Location: string }>("POST", "/signin/people/console", input),
  credentials: (input: { AccountId: string; RoleName: string }) => ask<RoleCredentials>("POST", "/signin/people/credentials", input),
  forgotPassword: (input: { UserName: string }) => ask<object>("POST", "/signin/people/password/forgot", input),
  setPassword: (input: { Token: string; Password: string }) => ask<object>("POST", "/signin/people/password/set", input),
  changePassword: (input: { OldPassword: string; NewPassword: string }) => ask<object>("POST", "/signin/people/password", input),
  devices: () => ask<{ Devices: MFADevice[] }>("GET", "/signin/people/mfa"),
  /** Who has a device, and has shown none at the sign-in, gives a code of it, here and to remove one. */
  newDevice: (input: { Code?: string }) => ask<NewDevice>("POST", "/signin/people/mfa", input),
  confirmDevice: (input: { Id: string; Code: string; Name: string }) => ask<object>("POST", "/signin/people/mfa", input),
  removeDevice: (input: { Id: string; Code?: string }) => ask<object>("DELETE", "/signin/people/mfa", input),
  deviceRequest: (user_code: string) => ask<DeviceRequest>("GET", at("people/device", { user_code })),
  decideDevice: (input: { UserCode: string; Allow: boolean }) => ask<object>("POST", "/signin/people/device", input),
  authorization: (id: string) => ask<AuthorizationRequest>("GET", at("people/authorization", { id })),
  authorize: (input: { Id: string; Allow: boolean }) => ask<{ Location: string }>("POST", "/signin/people/authorization", input),
  /** aws login: of the console's own session. */
  loginRequest: (id: string) => ask<LoginRequest>("GET", at("login", { id })),
  login: (input: { Id: string; Allow: boolean }) => ask<{ Location?: string; Code?: string }>("POST", "/signin/login", input),
  /** The roles of a SAML assertion, of which one is chosen. */
  samlRoles: (id: string) => ask<{ Roles: SAMLRole[] }>("GET", at("saml", { id })),
  chooseSAMLRole: (input: { Id: string; RoleArn: string }) => ask<{ Location: string }>("POST", "/signin/saml", input),
};

/** Below that of the console's session: when a request finds that one is over, both are asked for. */
export const personKey = [...sessionKey, "person"];

/** Who is signed in to the access portal, and what it is. */
export const usePersonSession = (): UseQueryResult<PersonSession> =>
  useQuery({ queryKey: personKey, queryFn: people.session, staleTime: Infinity, refetchOnWindowFocus: "always" });
