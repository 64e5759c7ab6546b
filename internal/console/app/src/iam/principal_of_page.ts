import { useParams } from "../shell/params";
import { principalPage, type Principal } from "./permissions";

const lists = { user: ["Users", "/console/iam/users"], group: ["User groups", "/console/iam/groups"], role: ["Roles", "/console/iam/roles"] } as const;

/** Whom a page is about: the :user, :group or :role of its address; with the breadcrumbs to a page below theirs. */
export function usePrincipalOfPage() {
  const params = useParams<{ user?: string; group?: string; role?: string }>();
  const kind = params.user !== undefined ? "user" : params.group !== undefined ? "group" : "role";
  const of: Principal = { kind, name: params[kind] ?? "" };
  const breadcrumbs: [string, string][] = [["IAM", "/console/iam"], [...lists[kind]], [of.name, principalPage(of)]];
  return { of, breadcrumbs };
}
