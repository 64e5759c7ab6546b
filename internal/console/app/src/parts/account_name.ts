/** What is wrong with the name of an account ("CreateAccount", AWS Organizations API Reference), "" if nothing is. */
export function accountNameFault(name: string): string {
  const strange = [...new Set(name.match(/[^ -~]/gu))];
  if (strange.length) return `The name of an account can't have ${strange.join(" ")}.`;
  const { length } = name.trim();
  return length > 50 ? `The name has ${length} characters; it can have up to 50.` : "";
}
