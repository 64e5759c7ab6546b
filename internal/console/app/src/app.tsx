import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { queryClient } from "./aws/query";
import { Boundary } from "./shell/boundary";
import { NotFound } from "./shell/not_found";
import { sections, sectionOf } from "./sections";
import { publicRoutes } from "./session/routes";
import { SessionProvider, useSession } from "./session/session";
import { useLinks } from "./shell/links";
import { NotificationsProvider } from "./shell/notifications";
import { Shell } from "./shell/shell";

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
          <Suspense>
            <Switch>
              {sections.flatMap((s) => s.routes).map((r) => (
                <Route key={r.path} path={r.path} component={r.page} />
              ))}
              {publicRoutes.map((r) => (
                <Route key={r.path} path={r.path}>
                  <Redirect to="/console/" replace />
                </Route>
              ))}
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </Boundary>
      </Shell>
    );
  }
  const here = path + location.search;
  return (
    <Suspense>
      <Switch>
        {publicRoutes.map((r) => (
          <Route key={r.path} path={r.path} component={r.page} />
        ))}
        <Route>
          <Redirect to={`/console/signin${path === "/console/" ? "" : `?redirect=${encodeURIComponent(here)}`}`} replace />
        </Route>
      </Switch>
    </Suspense>
  );
}
