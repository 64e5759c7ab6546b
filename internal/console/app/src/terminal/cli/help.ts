// aws help, aws dynamodb help, aws dynamodb put-item help; and skeletons of inputs.
import { options } from "./arguments";
import { serviceNames, type Service } from "./model";
import { kebab } from "./names";
import type { Operation } from "./operations";
import { paging } from "./paging";
import { isStructure, members, required, typeName, type Json, type Schema } from "./schema";
import { waiterNames } from "./wait";

const title = (text: string) => `${text}\n`;
const list = (names: Iterable<string>) => [...names].map((name) => `  o ${name}`).join("\n");

export const generalHelp = () => `AWS commands, run in the browser as who is signed in.

SYNOPSIS
  aws [options] <command> <subcommand> [parameters]

  Use aws <command> help for the subcommands of a command, aws <command> <subcommand> help for its parameters.

OPTIONS
  --query <JMESPath expression>   what to show of the answer, for example 'Items[].id.S'
  --output json | text | table    how to show it
  --region <name>                 the region, if not the one that the console shows
  --no-paginate                   the first page only
  --cli-input-json <JSON>         all parameters in one document
  --generate-cli-skeleton input   prints such a document to fill in

AVAILABLE SERVICES
${list(serviceNames)}

OTHER COMMANDS
  clear      empties the screen, as Ctrl+L does
  history    shows the commands that were typed
  help       shows this text

KEYS
  Tab completes, up and down go through the history, Ctrl+C cancels, Ctrl+L clears. Escape and then Tab leaves the terminal.`;

export const serviceHelp = (service: Service) => `${title(service.name)}
AVAILABLE COMMANDS
${list([...service.operations.keys(), ...waiterNames(service.name).map((name) => `wait ${name}`)])}`;

export function operationHelp(service: Service, operation: Operation): string {
  const must = required(operation.input);
  const forms = members(operation.input).map(([name, member]) => {
    const option = member.isBooleanSchema() ? `--${kebab(name)} | --no-${kebab(name)}` : `--${kebab(name)} <value>`;
    return must.includes(name) ? option : `[${option}]`;
  });
  const command = kebab(operation.name);
  const details = [...options(operation)].filter(([option, [name]]) => option === `--${kebab(name)}`);
  return `${title(command)}
SYNOPSIS
    ${command}
  ${[...forms, ...(paging(operation) ? ["[--starting-token <value>]", "[--page-size <value>]", "[--max-items <value>]"] : [])].join("\n  ")}

OPTIONS
${details.map(([option, [name, member]]) => describe(option, member, must.includes(name))).join("\n\n") || "  None."}

SEE ALSO
  https://docs.aws.amazon.com/cli/latest/reference/${service.name}/${command}.html`;
}

function describe(option: string, member: Schema, must: boolean): string {
  const lines = [`  ${option} (${typeName(member)})${must ? " [required]" : ""}`];
  const short = shorthandForm(member);
  if (short) lines.push(`    Shorthand Syntax: ${short}`);
  if (!isSimple(member)) {
    lines.push("    JSON Syntax:", JSON.stringify(skeleton(member), null, 2).replace(/^/gm, "      "));
  }
  return lines.join("\n");
}

/** AttributeName=string,AttributeType=string; nothing for what is too deep for it. */
function shorthandForm(s: Schema): string | undefined {
  if (s.isListSchema()) {
    const item = shorthandForm(s.getValueSchema());
    return item && `${item} ...`;
  }
  if (s.isMapSchema() && flat(s.getValueSchema())) return `KeyName1=${typeName(s.getValueSchema())},KeyName2=${typeName(s.getValueSchema())}`;
  if (!s.isStructSchema()) return undefined;
  const all = members(s);
  return all.every(([, m]) => flat(m)) ? all.map(([name, m]) => `${name}=${typeName(m)}`).join(",") : undefined;
}

const isSimple = (s: Schema) => !isStructure(s) && !s.isListSchema();
const flat = (s: Schema) => isSimple(s.isListSchema() ? s.getValueSchema() : s);

/** A value of the type with nothing in it. What is inside of itself is left out there. */
export function skeleton(s: Schema, above: string[] = []): Json {
  const name = s.getName() ?? "";
  if (name && above.includes(name)) return {};
  const inner = name ? [...above, name] : above;
  if (s.isListSchema()) return [skeleton(s.getValueSchema(), inner)];
  if (s.isMapSchema()) return { KeyName: skeleton(s.getValueSchema(), inner) };
  if (s.isStructSchema()) return Object.fromEntries(members(s).map(([key, m]) => [key, skeleton(m, inner)]));
  switch (typeName(s)) {
    case "boolean":
      return true;
    case "number":
      return 0;
    case "timestamp":
      return "1970-01-01T00:00:00";
    default:
      return "";
  }
}
