// Roles that IAM Identity Center has made: AWSReservedSSO_TableReader_0123456789abcdef.
const made = /^AWSReservedSSO_(.+)_[0-9a-f]{16}(?=\/|$)/;

/** Whether a session, by its name, is of a person with a permission set. */
export const isOfCenter = (session: string) => made.test(session);

/** The name of a session as AWS's console shows it: TableReader/ada. */
export const shortName = (session: string) => session.replace(made, "$1");
