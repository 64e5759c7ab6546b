// How the AWS CLI writes the names of operations and parameters: CreateSAMLProvider is create-saml-provider.

export function kebab(name: string): string {
  return name
    .replace(/[A-Z]{2,}s$/, (plural) => `-${plural.toLowerCase()}`) // PolicyARNs
    .replace(/(.)([A-Z][a-z]+)/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/-{2,}/g, "-")
    .replace(/^-/, "")
    .toLowerCase();
}

/** Those of names that are like a mistyped one, best first. */
export function similar(typed: string, names: string[]): string[] {
  return names
    .map((name) => ({ name, away: distance(typed, name) }))
    .filter(({ name, away }) => away <= Math.max(2, Math.floor(name.length / 4)) || (typed.length > 3 && name.includes(typed)))
    .sort((a, b) => a.away - b.away)
    .slice(0, 5)
    .map(({ name }) => name);
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
