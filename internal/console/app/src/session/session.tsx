// Who is signed in. Nothing of it is kept by the browser but the cookie, which scripts cannot see.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, type ReactNode } from "react";
import { connect } from "../aws/credentials";
import { Failure } from "../parts/failure";
import { isOfCenter } from "../parts/center_role";
import { rememberedOwner, rememberOwner } from "./address";
import { sessionKey, signin, type Session, type SignedIn } from "./api";
import { SessionEnded } from "./session_ended";

const Context = createContext<Session | null>(null);

/**
 * SessionProvider asks the server once; its children are shown when the answer is there. When the session ends they stay, below a
 * window to sign in again: what was typed into a form is not lost.
 */
export function SessionProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const last = useRef<Session & SignedIn>(undefined);
  const { data, error, refetch } = useQuery({
    queryKey: sessionKey,
    queryFn: async () => {
      const session = await signin.session();
      connect(session);
      if (session.SignedIn) {
        last.current = session;
        const root = session.PrincipalType === "Root";
        const person = isOfCenter(session.Name);
        if (root || person || session.PrincipalType === "IAMUser") rememberOwner({ root, person, account: session.Account });
      }
      return session;
    },
    staleTime: Infinity,
    // Meanwhile somebody may have signed out, or in, in another tab.
    refetchOnWindowFocus: "always",
  });
  const ended = data && !data.SignedIn && !data.OpenAuth ? last.current : undefined;
  useEffect(() => {
    if (!ended) return;
    // What failed for want of a session is asked again when there is one.
    return () => void client.refetchQueries({ type: "active", predicate: ({ state }) => state.status === "error" });
  }, [ended, client]);
  if (!data) return error ? <Failure error={error} retry={refetch} /> : null;
  return (
    <Context value={ended ?? data}>
      {children}
      {ended && <SessionEnded session={ended} onSignedIn={refetch} />}
    </Context>
  );
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("there is no SessionProvider");
  return session;
}

/** Who is signed in, for pages that are only shown to those who are. Without authentication it is everyone. */
export function usePrincipal(): SignedIn {
  const session = useSession();
  if (session.SignedIn) return session;
  return {
    SignedIn: true,
    Account: "000000000000",
    Arn: "arn:aws:iam::000000000000:root",
    PrincipalType: "Root",
    Name: "Everyone",
    SignedInAt: "",
    Expires: "",
    MFA: false,
  };
}

/** Ends the session here, and with it all that this page remembers. */
export async function signOut(everywhere = false) {
  await (everywhere ? signin.signOutEverywhere() : signin.signOut());
  const person = rememberedOwner()?.person;
  rememberOwner(undefined);
  location.assign(person ? "/console/portal" : everywhere ? "/console/signed-out?everywhere" : "/console/signed-out");
}
