// Who is signed in to the access portal.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Redirect } from "wouter";
import { sessionKey } from "../session/api";
import { Failure } from "../parts/failure";
import { Waiting } from "../shell/waiting";
import { signInFor } from "./address";
import { people, type Person, type PersonSession } from "./api";

/** Below that of the console's session: when a request finds that one is over, both are asked for. */
export const personKey = [...sessionKey, "person"];

export const usePersonSession = (): UseQueryResult<PersonSession> =>
  useQuery({ queryKey: personKey, queryFn: people.session, staleTime: Infinity, refetchOnWindowFocus: "always" });

/** What a person sees who is signed in; others are led to the page for that. */
export function WithPerson({ children }: { children: (person: PersonSession & Person) => ReactNode }) {
  const { data, error, refetch } = usePersonSession();
  if (!data) return error ? <Failure error={error} retry={refetch} /> : <Waiting />;
  if (!data.SignedIn) return <Redirect to={signInFor(location.pathname + location.search)} replace />;
  return children(data);
}
