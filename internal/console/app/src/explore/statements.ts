// PartiQL statements in a text.

/** The statements of a text, which semicolons separate; those in quotes and comments don't. */
export function statements(text: string): string[] {
  const tokens = text.match(/'(?:[^']|'')*'?|"(?:[^"]|"")*"?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;|[^'";/-]+|./gs) ?? [];
  const found = [""];
  for (const token of tokens) {
    if (token === ";") found.push("");
    else if (!token.startsWith("--") && !token.startsWith("/*")) found[found.length - 1] += token;
  }
  return found.map((s) => s.trim()).filter(Boolean);
}

const name = (text: string) => `"${text.replaceAll('"', '""')}"`;
const texts: Record<string, (n: string) => string> = {
  S: (n) => `'${n} value'`,
  N: () => "0",
  B: () => "'binary value'",
};

/** Statements to begin with, for a table with this key. */
export function snippets(table: string, key: { name: string; type: string }[]): { id: string; text: string; statement: string }[] {
  const value = (k: { name: string; type: string }) => texts[k.type]!(k.name);
  const where = key.map((k) => `${name(k.name)} = ${value(k)}`).join(" AND ");
  const item = key.map((k) => `'${k.name.replaceAll("'", "''")}': ${value(k)}`).join(", ");
  return [
    { id: "scan", text: "Scan table", statement: `SELECT * FROM ${name(table)}` },
    { id: "query", text: "Query table", statement: `SELECT * FROM ${name(table)} WHERE ${where}` },
    { id: "insert", text: "Insert item", statement: `INSERT INTO ${name(table)} VALUE {${item}}` },
    { id: "update", text: "Update item", statement: `UPDATE ${name(table)} SET "attribute" = 'value' WHERE ${where}` },
    { id: "delete", text: "Delete item", statement: `DELETE FROM ${name(table)} WHERE ${where}` },
  ];
}
