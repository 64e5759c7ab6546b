import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { queryClient } from "./aws/query";
import { Boundary } from "./shell/boundary";
import { NotFound } from "./shell/not_found";
import { sections, sectionOf } from "./sections";
import { destination, rememberedOwner } from "./session/address";
import type { Session } from "./session/api";
import { publicRoutes } from "./session/routes";
import { SessionProvider, useSession } from "./session/session";
import { useLinks } from "./shell/links";
import { NotificationsProvider } from "./shell/notifications";
import { Shell } from "./shell/shell";
import { Waiting } from "./shell/waiting";

export function App() {
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <QueryClientProvider client={queryClient}>
        <SessionProvider>
          <NotificationsProvider>
            <Views />
          </NotificationsProvider>
        </SessionProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}

function Views() {
  useLinks();
  const session = useSession();
  const [path] = useLocation();
  if (session.OpenAuth || session.SignedIn) {
    return (
      <Shell section={sectionOf(path)}>
        <Boundary place={path}>
          <Suspense fallback={<Waiting />}>
            <Switch>
              {sections.flatMap((s) => s.routes).map((r) => (
                <Route key={r.path} path={r.path} component={r.page} />
              ))}
              {publicRoutes.map((r) => (
                <Route key={r.path} path={r.path}>
                  <Redirect to={destination(location.search)} replace />
                </Route>
              ))}
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </Boundary>
      </Shell>
    );
  }
  return (
    <Suspense>
      <Switch>
        {publicRoutes.map((r) => (
          <Route key={r.path} path={r.path} component={r.page} />
        ))}
        <Route>
          <Redirect to={entrance(session, path + location.search)} replace />
        </Route>
      </Switch>
    </Suspense>
  );
}

/** Where somebody who wants a page has to sign in first. A server that is new is claimed. */
function entrance({ Claimed }: Session, wanted: string): string {
  const query = new URLSearchParams();
  const ended = rememberedOwner();
  if (wanted !== "/console/") query.set("redirect", wanted);
  if (ended) query.set("ended", "");
  if (ended?.root) query.set("type", "root");
  const signin = ended?.account && !ended.root ? `/console/signin/${ended.account}` : "/console/signin";
  const path = Claimed || ended ? signin : "/console/claim";
  return query.size > 0 ? `${path}?${query}` : path;
}
