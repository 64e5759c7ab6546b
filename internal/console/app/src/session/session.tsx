// Who is signed in. Nothing of it is kept by the browser but the cookie, which scripts cannot see.
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext, type ReactNode } from "react";
import { connect } from "../aws/credentials";
import { Failure } from "../parts/failure";
import { sessionKey, signin, type Session, type SignedIn } from "./api";

const Context = createContext<Session | null>(null);

/** SessionProvider asks the server once; its children are shown when the answer is there. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery({
    queryKey: sessionKey,
    queryFn: async () => {
      const session = await signin.session();
      connect(session);
      return session;
    },
    staleTime: Infinity,
    // Meanwhile somebody may have signed out, or in, in another tab.
    refetchOnWindowFocus: "always",
  });
  if (!data) return error ? <Failure error={error} retry={refetch} /> : null;
  return <Context value={data}>{children}</Context>;
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
  location.assign(everywhere ? "/console/signed-out?everywhere" : "/console/signed-out");
}
