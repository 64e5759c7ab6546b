// The operations of a service as the runtime schemas of the SDK describe them.
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";
import { kebab } from "./names";
import type { Schema } from "./schema";

export interface Operation {
  /** CreateTable. */
  name: string;
  input: Schema;
  output: Schema;
  /** What the SDK makes a command of. */
  schema: StaticOperationSchema;
}

/** All operations among the exports of a module of schemas, by the names that the AWS CLI has for them, in alphabetical order. */
export function operations(schemas: Record<string, unknown>): Map<string, Operation> {
  const all = Object.values(schemas)
    .filter((s): s is StaticOperationSchema => Array.isArray(s) && s[0] === 9)
    .map((schema): [string, Operation] => {
      const [, , name, , input, output] = schema;
      return [kebab(name), { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output), schema }];
    });
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}
