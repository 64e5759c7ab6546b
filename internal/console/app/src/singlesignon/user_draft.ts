// What Add user asks for. Pure.
import type { CreateUserRequest } from "@aws-sdk/client-identitystore";

export interface Draft {
  userName: string;
  password: "EMAIL" | "OTP";
  email: string;
  again: string;
  first: string;
  last: string;
  display: string;
  phone: string;
  title: string;
  userType: string;
  nickName: string;
  locale: string;
  timezone: string;
  language: string;
}

export const noDraft: Draft = {
  userName: "",
  password: "EMAIL",
  email: "",
  again: "",
  first: "",
  last: "",
  display: "",
  phone: "",
  title: "",
  userType: "",
  nickName: "",
  locale: "",
  timezone: "",
  language: "",
};

/** The display name is made of the names until somebody types another. */
export const displayOf = (d: Draft) => d.display || [d.first, d.last].map((n) => n.trim()).filter(Boolean).join(" ");

type Faults = Partial<Record<keyof Draft, string>>;

/** What is missing or wrong. */
export function faultsOf(d: Draft): Faults {
  const faults: Faults = {};
  if (!d.userName.trim()) faults.userName = "Enter a username.";
  if (!/^\S+@\S+$/.test(d.email.trim())) faults.email = d.email ? "That is no email address." : "Enter an email address.";
  if (d.again.trim() !== d.email.trim()) faults.again = "The email addresses don't match.";
  if (!d.first.trim()) faults.first = "Enter a first name.";
  if (!d.last.trim()) faults.last = "Enter a last name.";
  return faults;
}

export function requestOf(IdentityStoreId: string, d: Draft): CreateUserRequest {
  const text = (value: string) => value.trim() || undefined;
  return {
    IdentityStoreId,
    UserName: d.userName.trim(),
    Name: { GivenName: d.first.trim(), FamilyName: d.last.trim() },
    DisplayName: displayOf(d),
    Emails: [{ Value: d.email.trim(), Type: "work", Primary: true }],
    PhoneNumbers: d.phone.trim() ? [{ Value: d.phone.trim(), Type: "work", Primary: true }] : undefined,
    Title: text(d.title),
    UserType: text(d.userType),
    NickName: text(d.nickName),
    Locale: text(d.locale),
    Timezone: text(d.timezone),
    PreferredLanguage: text(d.language),
  };
}
