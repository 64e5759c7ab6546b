// What is around the pages of the access portal.
import AppLayout from "@cloudscape-design/components/app-layout-toolbar";
import Flashbar from "@cloudscape-design/components/flashbar";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import type { ReactNode } from "react";
import { Unencrypted } from "../session/unencrypted";
import { useNotifications } from "../shell/notifications";
import { changeSettings, useSettings } from "../shell/settings";
import { people, type Person, type PersonSession } from "../session/people";
import { WithPerson } from "./person";

export function Frame({ children }: { children: (person: PersonSession & Person) => ReactNode }) {
  return (
    <WithPerson>
      {(person) => (
        <>
          <a className="skip" href="#content">
            Skip to the content
          </a>
          <div id="top">
            <Bar person={person} />
          </div>
          <Layout>
            <Unencrypted />
            {children(person)}
          </Layout>
        </>
      )}
    </WithPerson>
  );
}

function Bar({ person }: { person: PersonSession & Person }) {
  const { mode } = useSettings();
  const { notify } = useNotifications();
  const signOut = async () => {
    try {
      const { Location } = await people.signOut();
      location.assign(Location ?? "/console/portal/signin");
    } catch (e) {
      notify({ type: "error", header: "You are not signed out", content: e instanceof Error && e.message });
    }
  };
  return (
    <TopNavigation
      identity={{ href: "/console/portal", title: "AWS access portal", logo: { src: `${import.meta.env.BASE_URL}favicon.svg`, alt: "" } }}
      utilities={[
        {
          type: "menu-dropdown",
          iconName: "user-profile",
          text: person.DisplayName || person.UserName,
          title: person.UserName,
          description: person.Email,
          ariaLabel: `Account: ${person.DisplayName || person.UserName}`,
          items: [
            { id: "security", text: "Security", href: "/console/portal/security" },
            { id: "dark", text: "Dark mode", itemType: "checkbox", checked: mode === "dark" },
            { id: "sign-out", text: "Sign out" },
          ],
          onItemClick: ({ detail }) => {
            if (detail.id === "dark") changeSettings({ mode: mode === "dark" ? "light" : "dark" });
            if (detail.id === "sign-out") void signOut();
          },
        },
      ]}
    />
  );
}

function Layout({ children }: { children: ReactNode }) {
  const { items } = useNotifications();
  return (
    <AppLayout
      headerSelector="#top"
      navigationHide
      toolsHide
      notifications={<Flashbar items={items} stackItems />}
      stickyNotifications
      ariaLabels={{ notifications: "Notifications" }}
      content={
        <div id="content" tabIndex={-1}>
          {children}
        </div>
      }
    />
  );
}
