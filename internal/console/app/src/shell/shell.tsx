// What is around every page: the bar at the top, the side navigation, breadcrumbs, messages.
import AppLayout from "@cloudscape-design/components/app-layout-toolbar";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Flashbar from "@cloudscape-design/components/flashbar";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import { useEffect, useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { useNotifications } from "./notifications";
import { PlaceContext, type Place } from "./page";
import { rememberSection } from "./recent";
import type { Section } from "./section";
import { AccountNavigation } from "./top_navigation";
import { LeavePage } from "./unsaved";

export function Shell({ section, children }: { section: Section | undefined; children: ReactNode }) {
  const [path] = useLocation();
  const [place, setPlace] = useState<Place>({ breadcrumbs: [] });
  const [navigationOpen, setNavigationOpen] = useState(() => window.innerWidth > 688);
  const [helpOpen, setHelpOpen] = useState(false);
  const { items } = useNotifications();
  useEffect(() => {
    if (section) rememberSection(section.href);
  }, [section]);
  return (
    <PlaceContext value={setPlace}>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <div id="top">
        <AccountNavigation />
      </div>
      <AppLayout
        headerSelector="#top"
        navigationHide={!section?.navigation}
        navigation={
          section?.navigation && (
            <SideNavigation
              header={{ text: section.text, href: section.href }}
              items={section.navigation}
              activeHref={active(section, [path, ...place.breadcrumbs.map(({ href }) => href).reverse()])}
            />
          )
        }
        navigationOpen={navigationOpen}
        onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
        breadcrumbs={place.breadcrumbs.length > 1 && <BreadcrumbGroup items={place.breadcrumbs} ariaLabel="Breadcrumbs" />}
        notifications={<Flashbar items={items} stackItems />}
        stickyNotifications
        toolsHide={!place.help}
        tools={place.help}
        toolsOpen={helpOpen}
        onToolsChange={({ detail }) => setHelpOpen(detail.open)}
        ariaLabels={{
          navigation: "Side navigation",
          navigationToggle: "Open side navigation",
          navigationClose: "Close side navigation",
          notifications: "Notifications",
          tools: "Help",
          toolsToggle: "Open help",
          toolsClose: "Close help",
        }}
        content={
          <div id="content" tabIndex={-1}>
            {children}
          </div>
        }
      />
      <LeavePage />
    </PlaceContext>
  );
}

/** The entry of the navigation that the page is below: the longest that its path begins with, or that of a page on the way to it. */
function active(section: Section, [path, ...way]: string[]): string {
  if (path === undefined) return "";
  const hrefs = (section.navigation ?? []).flatMap(function links(item): string[] {
    return [...("href" in item ? [item.href] : []), ...("items" in item ? item.items.flatMap(links) : [])];
  });
  const above = hrefs.filter((href) => path === href || (href !== section.href && path.startsWith(href + "/")));
  return above.sort((a, b) => b.length - a.length)[0] ?? active(section, way);
}
