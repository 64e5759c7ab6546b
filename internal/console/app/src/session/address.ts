// The addresses of the sign-in pages. They carry where to go afterwards.

/** Where to go after sign-in: only to pages of the console. */
export function destination(search: string): string {
  const to = new URLSearchParams(search).get("redirect") ?? "";
  return /^\/console\/(?!signin|signed-out)/.test(to) ? to : "/console/";
}

/** A sign-in page for what the present one is for. */
export function address(path: string, search: string, more: Record<string, string> = {}): string {
  const redirect = new URLSearchParams(search).get("redirect");
  const query = new URLSearchParams({ ...more, ...(redirect ? { redirect } : {}) }).toString();
  return query ? `${path}?${query}` : path;
}

/** Opens the console anew, with the session that has just begun: nothing of an earlier one is left. */
export function enter(): Promise<never> {
  location.replace(destination(location.search));
  return new Promise(() => {}); // the page is left
}

/** Whose session this tab has had: where to sign in when it ends. */
export interface Owner {
  root: boolean;
  account: string;
  /** Somebody of IAM Identity Center, who comes from the access portal. */
  person?: boolean;
}

const ownerKey = "stator.owner";

/** Remembers, for as long as the tab is open, whose session it has; undefined: nobody's. */
export function rememberOwner(owner: Owner | undefined) {
  try {
    if (owner) sessionStorage.setItem(ownerKey, JSON.stringify(owner));
    else sessionStorage.removeItem(ownerKey);
  } catch {
    // then the account is typed
  }
}

export function rememberedOwner(): Owner | undefined {
  try {
    const { root, account, person } = JSON.parse(sessionStorage.getItem(ownerKey) ?? "") as Partial<Owner>;
    return { root: root === true, account: String(account ?? ""), person: person === true };
  } catch {
    return undefined;
  }
}

const key = "stator.account";

/** The account that somebody wanted remembered in this browser, "" if none. */
export function rememberedAccount(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

/** Remembers an account, or with "" none. */
export function rememberAccount(account: string) {
  try {
    if (account) localStorage.setItem(key, account);
    else localStorage.removeItem(key);
  } catch {
    // then it is typed the next time
  }
}
