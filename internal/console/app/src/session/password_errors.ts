// What is wrong with a new password is shown at its field; everything else above the form.

/** Thrown before anything is sent when what was typed twice differs. */
export class PasswordsDiffer extends Error {}

/** Of the sign-in endpoints, or of IAM. */
export const isAgainstPolicy = (error: unknown) => error instanceof Error && /^PasswordPolicyViolation/.test(error.name);

export const isAboutPassword = (error: unknown) => isAgainstPolicy(error) || error instanceof PasswordsDiffer;
