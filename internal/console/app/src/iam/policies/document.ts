// A policy document as the visual editor shows it: permissions of one service each. Written back it means the same.

export interface Condition {
  /** With qualifier and IfExists: ForAnyValue:StringLikeIfExists. */
  operator: string;
  key: string;
  values: string[];
}

export interface Statement {
  sid: string | undefined;
  effect: "Allow" | "Deny";
  /** Names with the prefix of the service; they can have wildcards. */
  actions: string[];
  /** The actions are those that are not meant: NotAction. */
  exceptActions: boolean;
  resources: string[];
  /** The resources are those that are not meant: NotResource. */
  exceptResources: boolean;
  conditions: Condition[];
}

/** The part of a statement that is about one service. */
export interface Permission extends Statement {
  /** The prefix of the actions, "*" for all services, undefined until it is chosen. */
  service: string | undefined;
  /** Names without the prefix; they can have wildcards. */
  actions: string[];
}

export interface Visual {
  version: string | undefined;
  id: string | undefined;
  permissions: Permission[];
}

export const newPermission: Permission = {
  sid: undefined,
  effect: "Allow",
  service: undefined,
  actions: [],
  exceptActions: false,
  resources: [],
  exceptResources: false,
  conditions: [],
};

export const emptyDocument = write({ version: "2012-10-17", id: undefined, permissions: [newPermission] });

/** A document that the visual editor can't show. The message is for people. */
export class NotVisual extends Error {}

const members = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/** Reads a document; a NotVisual is thrown where that is not possible. */
export function read(text: string): Visual {
  const document = object(parsed(text), "The document");
  return {
    version: optional(document.Version),
    id: optional(document.Id),
    permissions: statementsOf(text).flatMap((s, i) => permissionsOf(s, nth(i))),
  };
}

const nth = (index: number) => `Statement ${index + 1}`;

/** The statements of a document; a NotVisual is thrown where one has what no statement of an identity-based policy has. */
export function statementsOf(text: string): Statement[] {
  const { Statement } = object(parsed(text), "The document");
  const all: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return all.map((s, i) => statementOf(object(s, nth(i)), nth(i)));
}

/** What a policy lacks to be one, in words, "" if nothing: it is JSON, and each statement has actions and resources. */
export function incomplete(text: string): string {
  let document: unknown;
  try {
    document = parsed(text);
  } catch (e) {
    return (e as Error).message;
  }
  const { Statement } = Object(document) as { Statement?: unknown };
  const statements = (Array.isArray(Statement) ? Statement : [Statement]).filter((s) => typeof s === "object" && s !== null);
  if (!statements.length) return "The policy has no statement.";
  const empty = (names: unknown) => names === undefined || (Array.isArray(names) && !names.length);
  for (const [i, { Action, NotAction, Resource, NotResource }] of (statements as Record<string, unknown>[]).entries()) {
    if (empty(Action ?? NotAction)) return `${nth(i)} names no actions. Choose a service, and at least one of its actions.`;
    if (empty(Resource ?? NotResource)) return `${nth(i)} names no resources. Add the ARN of at least one, or choose all.`;
  }
  return "";
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    throw new NotVisual(`The document is not valid JSON: ${(e as Error).message}`);
  }
}

function statementOf(s: Record<string, unknown>, what: string): Statement {
  const unknown = Object.keys(s).filter((m) => !members.includes(m));
  if (unknown.length) throw new NotVisual(`${what} has the element ${unknown[0]}, which an identity-based policy does not have.`);
  if (s.Effect !== "Allow" && s.Effect !== "Deny") throw new NotVisual(`${what} has no Effect that is Allow or Deny.`);
  const { names: actions, except: exceptActions } = either(s, "Action", what);
  const { names: resources, except: exceptResources } = either(s, "Resource", what);
  const conditions = conditionsOf(s.Condition, what);
  return { sid: optional(s.Sid), effect: s.Effect, actions, exceptActions, resources, exceptResources, conditions };
}

/** The permissions of a statement: one for each service that its actions are of. */
export function permissionsOf(statement: Statement, what: string): Permission[] {
  const { sid, actions, exceptActions } = statement;
  const byService = new Map<string | undefined, string[]>();
  if (!actions.length) byService.set(undefined, []);
  for (const a of actions) {
    const [service, name] = a === "*" ? ["*", "*"] : a.split(":");
    if (!service || !name || (service !== "*" && /[*?]/.test(service))) throw new NotVisual(`${what}: ${a} is not an action of one service.`);
    byService.set(service, [...(byService.get(service) ?? []), name]);
  }
  if (exceptActions && byService.size > 1) throw new NotVisual(`${what} has NotAction with actions of several services.`);
  return [...byService].map(([service, actions], i) => ({
    ...statement,
    // Two statements can't have the same Sid.
    sid: sid && i > 0 ? `${sid}${i + 1}` : sid,
    service,
    actions,
  }));
}

/** The names under an element, or under the one that means all but them. */
function either(s: Record<string, unknown>, element: string, what: string) {
  const not = `Not${element}`;
  if (element in s && not in s) throw new NotVisual(`${what} has both ${element} and ${not}.`);
  return { names: texts(s[not] ?? s[element] ?? [], `${what}: ${element}`), except: not in s };
}

function conditionsOf(condition: unknown, what: string): Condition[] {
  return Object.entries(object(condition ?? {}, `${what}: Condition`)).flatMap(([operator, keys]) =>
    Object.entries(object(keys, `${what}: ${operator}`)).map(([key, values]) => ({
      operator,
      key,
      values: texts(values, `${what}: ${key}`),
    })),
  );
}

export function write({ version, id, permissions }: Visual): string {
  return pretty({ Version: version, Id: id, Statement: permissions.map(statement) });
}

function statement(p: Permission) {
  const condition: Record<string, Record<string, string | string[]>> = {};
  for (const { operator, key, values } of p.conditions) condition[operator] = { ...condition[operator], [key]: one(values) };
  return {
    Sid: p.sid,
    Effect: p.effect,
    [p.exceptActions ? "NotAction" : "Action"]: one(p.service === "*" ? ["*"] : p.actions.map((a) => `${p.service}:${a}`)),
    [p.exceptResources ? "NotResource" : "Resource"]: one(p.resources),
    Condition: p.conditions.length ? condition : undefined,
  };
}

export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 4);
}

/** A document as people read it; as it is if it is no JSON. */
export function prettyText(document: string): string {
  try {
    return pretty(JSON.parse(document));
  } catch {
    return document;
  }
}

const optional = (value: unknown) => (typeof value === "string" ? value : undefined);

function one(texts: string[]): string | string[] {
  return texts.length === 1 ? texts[0]! : texts;
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NotVisual(`${what} is not an object.`);
  return value as Record<string, unknown>;
}

function texts(value: unknown, what: string): string[] {
  return (Array.isArray(value) ? value : [value]).map((v: unknown) => {
    if (typeof v === "object") throw new NotVisual(`${what} has something that is no text.`);
    return String(v);
  });
}
