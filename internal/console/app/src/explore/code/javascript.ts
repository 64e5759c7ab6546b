// A module in JavaScript with the AWS SDK, version 3.
import { encodeBase64 } from "../values";
import { isCount, isSearch, members, type Call } from "./call";

export function javascript(call: Call): string {
  const input = literal(call.input);
  const program = (imported: string, body: string) =>
    `import { DynamoDBClient, ${imported} } from "@aws-sdk/client-dynamodb";\n\nconst client = new DynamoDBClient({});\n\n${body}`;
  const name = `${call.operation}Command`;
  if (isSearch(call)) {
    const pages = `const pages = paginate${call.operation}({ client }, ${input});\n`;
    const body = isCount(call)
      ? `let count = 0;\nfor await (const page of pages) {\n  count += page.Count;\n}\nconsole.log(count);\n`
      : `for await (const page of pages) {\n  for (const item of page.Items) {\n    console.log(JSON.stringify(item));\n  }\n}\n`;
    return program(`paginate${call.operation}`, pages + body);
  }
  if (call.operation !== "ExecuteStatement") return program(name, `await client.send(new ${name}(${input}));\n`);
  return program(
    name,
    `const input = ${input};
do {
  const response = await client.send(new ${name}(input));
  for (const item of response.Items ?? []) {
    console.log(JSON.stringify(item));
  }
  input.NextToken = response.NextToken;
} while (input.NextToken);
`,
  );
}

function literal(value: unknown, depth = 0): string {
  const pad = " ".repeat(depth + 2);
  const end = " ".repeat(depth);
  if (value instanceof Uint8Array) return `Buffer.from("${encodeBase64(value)}", "base64")`;
  if (Array.isArray(value)) {
    return value.length ? `[\n${value.map((v) => `${pad}${literal(v, depth + 2)},\n`).join("")}${end}]` : "[]";
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = members(value);
  if (entries.length === 1 && typeof entries[0]![1] !== "object") return `{ ${property(entries[0]![0])}: ${literal(entries[0]![1])} }`;
  if (!entries.length) return "{}";
  return `{\n${entries.map(([k, v]) => `${pad}${property(k)}: ${literal(v, depth + 2)},\n`).join("")}${end}}`;
}

// __proto__: in a literal would be the object's prototype; computed it is a name like others.
const property = (name: string) =>
  name === "__proto__" ? '["__proto__"]' : /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
