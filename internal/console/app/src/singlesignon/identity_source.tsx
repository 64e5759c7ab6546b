export function IdentitySource(_: { store: string }) {
  return null;
}
