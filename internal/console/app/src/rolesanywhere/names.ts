/** Names of things: letters, digits, spaces, - and _. */
export const nameFault = (name: string): string | undefined => {
  if (!name.trim()) return "Enter a name.";
  return /^[ a-zA-Z0-9_-]{1,255}$/.test(name) ? undefined : "Use letters, digits, spaces, hyphens and underscores.";
};
export const nameRule = "Up to 255 letters, digits, spaces, hyphens and underscores.";
