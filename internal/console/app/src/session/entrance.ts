import { rememberedOwner } from "./address";
import type { Session } from "./api";

/** Where somebody who wants a page has to sign in first. A server that is new is claimed. */
export function entrance({ Claimed }: Session, wanted: string): string {
  const query = new URLSearchParams();
  const ended = rememberedOwner();
  if (ended?.person) return "/console/portal";
  if (wanted !== "/console/") query.set("redirect", wanted);
  if (ended) query.set("ended", "");
  if (ended?.root) query.set("type", "root");
  const signin = ended?.account && !ended.root ? `/console/signin/${ended.account}` : "/console/signin";
  const path = Claimed || ended ? signin : "/console/claim";
  return query.size > 0 ? `${path}?${query}` : path;
}
