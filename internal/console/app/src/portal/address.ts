// Where people go after they have signed in: only to pages for people.

export function wanted(search: string): string {
  const to = new URLSearchParams(search).get("redirect") ?? "";
  return /^\/console\/(portal(?!\/signin)|device|authorize)([/?]|$)/.test(to) ? to : "/console/portal";
}

/** The sign-in page for who wants a page. */
export const signInFor = (page: string): string =>
  page === "/console/portal" ? "/console/portal/signin" : `/console/portal/signin?${new URLSearchParams({ redirect: page })}`;
