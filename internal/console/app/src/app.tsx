import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { queryClient } from "./aws/query";
import { Boundary } from "./shell/boundary";
import { NotFound } from "./shell/not_found";
import { portalRoutes } from "./portal/routes";
import { sections, sectionOf } from "./sections";
import { destination } from "./session/address";
import { entrance } from "./session/entrance";
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
  const [path] = useLocation();
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        {portalRoutes.map((r) => (
          <Route key={r.path} path={r.path}>
            <Boundary place={path}>
              <r.page />
            </Boundary>
          </Route>
        ))}
        <Route>
          <Console path={path} />
        </Route>
      </Switch>
    </Suspense>
  );
}

function Console({ path }: { path: string }) {
  const session = useSession();
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
