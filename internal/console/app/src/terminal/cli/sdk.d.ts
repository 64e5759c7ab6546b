// Parts of the SDK's packages that have no types.
declare module "@aws-sdk/*?terminal" {
  const schemas: Record<string, unknown>;
  export = schemas;
}

declare module "@aws-sdk/*/dist-es/commandBuilder" {
  export const command: unknown;
}
