/** "Password requirements when managing identities in IAM Identity Center" (IAM Identity Center User Guide). */
export const passwordRules =
  "8 to 64 characters, with each of: lowercase letters, uppercase letters, numbers, symbols. None of your last three passwords.";
