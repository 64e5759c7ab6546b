// A program in Python with boto3.
import { encodeBase64 } from "../values";
import { isCount, isSearch, members, type Call } from "./call";

export function python(call: Call): string {
  const program = isSearch(call) ? search(call) : call.operation === "ExecuteStatement" ? statement(call) : single(call);
  const imports = program.includes("base64.b64decode(") ? "import base64\n\n" : "";
  return `${imports}import boto3\n\nclient = boto3.client("dynamodb")\n\n${program}`;
}

function search(call: Call): string {
  const name = call.operation.toLowerCase();
  const pages = `paginator = client.get_paginator("${name}")\npages = paginator.paginate(${keywords(call.input)})\n`;
  if (isCount(call)) return `${pages}print(sum(page["Count"] for page in pages))\n`;
  return `${pages}for page in pages:\n    for item in page["Items"]:\n        print(item)\n`;
}

const statement = (call: Call) => `request = ${literal(call.input)}
while True:
    response = client.execute_statement(**request)
    for item in response["Items"]:
        print(item)
    if "NextToken" not in response:
        break
    request["NextToken"] = response["NextToken"]
`;

function single(call: Call): string {
  const method = call.operation.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase();
  return `client.${method}(${keywords(call.input)})\n`;
}

const keywords = (input: object) =>
  `\n${members(input).map(([name, value]) => `    ${name}=${literal(value, 4)},\n`).join("")}`;

function literal(value: unknown, depth = 0): string {
  const pad = " ".repeat(depth + 4);
  const end = " ".repeat(depth);
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value instanceof Uint8Array) return `base64.b64decode("${encodeBase64(value)}")`;
  if (Array.isArray(value)) {
    return value.length ? `[\n${value.map((v) => `${pad}${literal(v, depth + 4)},\n`).join("")}${end}]` : "[]";
  }
  if (typeof value !== "object") return JSON.stringify(value);
  const entries = members(value);
  // A value of one text is on one line: {"S": "a"}.
  if (entries.length === 1 && typeof entries[0]![1] !== "object") {
    return `{${JSON.stringify(entries[0]![0])}: ${literal(entries[0]![1])}}`;
  }
  if (!entries.length) return "{}";
  return `{\n${entries.map(([k, v]) => `${pad}${JSON.stringify(k)}: ${literal(v, depth + 4)},\n`).join("")}${end}}`;
}
