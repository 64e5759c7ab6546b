// What is wrong with a new password is shown at its field; everything else above the form.
import { SignInError } from "./api";

/** Thrown before anything is sent when what was typed twice differs. */
export class PasswordsDiffer extends Error {}

export const isAgainstPolicy = (error: unknown) => error instanceof SignInError && error.code === "PasswordPolicyViolation";

export const isAboutPassword = (error: unknown) => isAgainstPolicy(error) || error instanceof PasswordsDiffer;
