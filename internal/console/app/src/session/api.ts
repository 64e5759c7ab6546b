// The sign-in endpoints of the server: with those for people, people.ts, the only thing that the console asks which is no AWS API.

interface Server {
  /** The server runs with --auth=open: there is no sign-in. */
  OpenAuth: boolean;
  /** The operator lets people make accounts. */
  SignUp: boolean;
  /** Somebody's root user has a password. */
  Claimed: boolean;
  /** Codes are mailed, or written to the server's log for want of a mail server. */
  CodesBy: "mail" | "log";
  /** The connection is encrypted. */
  Secure: boolean;
  Region: string;
  Version: string;
}

export interface SignedIn {
  SignedIn: true;
  Account: string;
  AccountAlias?: string;
  AccountName?: string;
  Arn: string;
  PrincipalType: "Root" | "IAMUser" | "AssumedRole" | "FederatedUser";
  Name: string;
  /** The root user's. */
  Email?: string;
  SignedInAt: string;
  Expires: string;
  MFA: boolean;
}

export type Session = Server & (SignedIn | { SignedIn: false });

/** A refusal of the sign-in endpoints, with AWS-like code and a message for people. */
export class SignInError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = code;
  }
}

export async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(path, {
    method,
    headers: { "X-Stator-Console": "1", "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    cache: "no-store",
  });
  const text = await answer.text();
  if (answer.ok) return (text ? JSON.parse(text) : {}) as T;
  let refusal: { Code?: string; Message?: string } = {};
  try {
    refusal = JSON.parse(text);
  } catch {
    // a proxy's page, say
  }
  throw new SignInError(
    refusal.Code ?? "RequestFailed",
    refusal.Message ?? `The server answered with status ${answer.status}.`,
    answer.status,
  );
}

export interface SignIn {
  Type: "root" | "user";
  Email?: string;
  Account?: string;
  UserName?: string;
  Password: string;
  MFACode?: string;
  NewPassword?: string;
}

export type SignInState = "SignedIn" | "MFARequired" | "MFAFailed" | "NewPasswordRequired";

export interface SessionCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  SessionToken: string;
  Expiration: string;
  /** Of whom they are. */
  Arn: string;
}

export const signin = {
  session: () => ask<Session>("GET", "/signin/session"),
  credentials: () => ask<SessionCredentials>("GET", "/signin/credentials"),
  signIn: (input: SignIn) => ask<{ State: SignInState }>("POST", "/signin/session", input),
  signOut: () => ask<object>("DELETE", "/signin/session"),
  signOutEverywhere: () => ask<object>("DELETE", "/signin/sessions"),
  claim: (input: { SetupToken: string; Email: string; AccountName: string; Password: string }) =>
    ask<object>("POST", "/signin/claim", input),
  signUp: (input: { Email: string; AccountName: string }) => ask<{ Id: string }>("POST", "/signin/signup", input),
  verifySignUp: (input: { Id: string; Code: string }) => ask<{ Token: string }>("POST", "/signin/signup/verify", input),
  completeSignUp: (input: { Token: string; Password: string }) =>
    ask<object>("POST", "/signin/signup/complete", input),
  forgotPassword: (input: { Email: string }) => ask<object>("POST", "/signin/password/forgot", input),
  resetPassword: (input: { Email: string; Code: string; Password: string }) =>
    ask<object>("POST", "/signin/password/reset", input),
  /** The root user's own; users have iam:ChangePassword. */
  changePassword: (input: { OldPassword: string; NewPassword: string }) =>
    ask<object>("POST", "/signin/password", input),
  changeEmail: (input: { Email: string; Password: string }) => ask<object>("POST", "/signin/email", input),
  verifyEmail: (input: { Code: string }) => ask<object>("POST", "/signin/email/verify", input),
  /** The root user closes its own account. */
  closeAccount: (input: { AccountId: string; Password: string }) => ask<object>("POST", "/signin/account/close", input),
  /** Whether users and roles may see billing information, if policies allow them to. */
  billingAccess: () => ask<{ Activated: boolean }>("GET", "/signin/billing-access"),
  setBillingAccess: (input: { Activated: boolean }) => ask<object>("POST", "/signin/billing-access", input),
};

/** Where TanStack Query has the session. */
export const sessionKey = ["session"];
