/** The page that switches to a role, with the role filled in. */
export function switchRoleLink(arn: string): string {
  const account = arn.split(":")[4]!;
  const roleName = arn.slice(arn.indexOf("/") + 1);
  return `${location.origin}/console/switch-role?${new URLSearchParams({ roleName, account })}`;
}
