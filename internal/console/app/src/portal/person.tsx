// Who is signed in to the access portal.
import type { ReactNode } from "react";
import { Redirect } from "wouter";
import { Failure } from "../parts/failure";
import { Waiting } from "../shell/waiting";
import { signInFor } from "./address";
import { usePersonSession, type Person, type PersonSession } from "../session/people";

/** What a person sees who is signed in; others are led to the page for that. */
export function WithPerson({ children }: { children: (person: PersonSession & Person) => ReactNode }) {
  const { data, error, refetch } = usePersonSession();
  if (!data) return error ? <Failure error={error} retry={refetch} /> : <Waiting />;
  if (!data.SignedIn) return <Redirect to={signInFor(location.pathname + location.search)} replace />;
  return children(data);
}
