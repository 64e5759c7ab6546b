// The names that IAM takes ("IAM and AWS STS quotas", IAM User Guide).

/** The most characters of a name. */
const longest = { user: 64, group: 128, role: 64, policy: 128 };

/** What is wrong with a name, "" if nothing is. Nothing typed yet is no fault. */
export function nameFault(kind: keyof typeof longest, name: string): string {
  const strange = [...new Set(name.match(/[^\w+=,.@-]/gu))];
  if (strange.length) {
    const shown = strange.map((c) => (/\s/.test(c) ? "spaces" : c)).join(" ");
    return `A name can't have ${shown}. Use A-Z, a-z, 0-9, and + = , . @ _ - (hyphen).`;
  }
  return name.length > longest[kind] ? `The name has ${name.length} characters; it can have up to ${longest[kind]}.` : "";
}
