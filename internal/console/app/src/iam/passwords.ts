// The passwords that an account takes.
import { GetAccountPasswordPolicyCommand, type PasswordPolicy } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { useAws } from "../aws/query";

/** Whether an error says that what was asked for isn't there. */
export const isMissing = (error: unknown) => error instanceof Error && /^NoSuchEntity/.test(error.name);

/** The account's own policy; null if it has none. */
export async function loadPasswordPolicy(): Promise<PasswordPolicy | null> {
  try {
    return (await iam().send(new GetAccountPasswordPolicyCommand({}))).PasswordPolicy ?? null;
  } catch (e) {
    if (isMissing(e)) return null;
    throw e;
  }
}

export const usePasswordPolicy = () => useAws(["iam", "GetAccountPasswordPolicy"], loadPasswordPolicy);

/** What passwords have to be, in words. Without a policy of its own an account has AWS's. */
export function passwordRules(policy: PasswordPolicy | null): string[] {
  if (!policy) {
    return [
      "Password minimum length is 8 characters",
      "Include a minimum of three of the following mix of character types: uppercase, lowercase, numbers, and ! @ # $ % ^ & * ( ) _ + - = [ ] { } | '",
    ];
  }
  return [
    `Password minimum length is ${policy.MinimumPasswordLength} characters`,
    ...(policy.RequireUppercaseCharacters ? ["Require at least one uppercase letter from Latin alphabet (A-Z)"] : []),
    ...(policy.RequireLowercaseCharacters ? ["Require at least one lowercase letter from Latin alphabet (a-z)"] : []),
    ...(policy.RequireNumbers ? ["Require at least one number"] : []),
    ...(policy.RequireSymbols ? ["Require at least one non-alphanumeric character (! @ # $ % ^ & * ( ) _ + - = [ ] { } | ')"] : []),
  ];
}

const sorts = ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "!@#$%^&*()_+-=[]{}|"];

/** Makes a password of all sorts of characters, none of which looks like another, that every policy takes. */
export function generatePassword(policy: PasswordPolicy | null): string {
  const length = Math.max(20, policy?.MinimumPasswordLength ?? 0);
  const all = sorts.join("");
  for (;;) {
    const made = Array.from({ length }, () => all[below(all.length)]!).join("");
    if (sorts.every((sort) => [...sort].some((c) => made.includes(c)))) return made;
  }
}

/** A random number from 0 to n-1, each as likely as the others. */
function below(n: number): number {
  const byte = new Uint8Array(1);
  do crypto.getRandomValues(byte);
  while (byte[0]! >= 256 - (256 % n));
  return byte[0]! % n;
}
