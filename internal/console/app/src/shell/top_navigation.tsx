import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { currentRegion } from "../aws/credentials";
import { shortName } from "../parts/center_role";
import { sections } from "../sections";
import { signOut, usePrincipal, useSession } from "../session/session";
import { useNotifications } from "./notifications";
import { regions } from "./regions";
import { Search } from "./search";
import { changeSettings, useSettings } from "./settings";

/** The bar of somebody who is signed in: services, region, settings, account. */
export function AccountNavigation({ onRegion }: { onRegion: (region: string) => void }) {
  const session = useSession();
  const principal = usePrincipal();
  const settings = useSettings();
  const { notify } = useNotifications();
  const region = currentRegion();
  const names = region in regions ? regions : { ...regions, [region]: region };
  const leave = (everywhere: boolean) =>
    signOut(everywhere).catch((e: Error) => notify({ type: "error", header: "You are not signed out", content: e.message }));

  const utilities: TopNavigationProps.Utility[] = [
    {
      type: "menu-dropdown",
      text: "Services",
      ariaLabel: "Services",
      iconName: "view-full",
      items: sections.map((s) => ({ id: s.href, text: s.text, href: s.href, description: s.description })),
    },
    {
      type: "menu-dropdown",
      text: names[region]!,
      ariaLabel: `Region: ${names[region]!}`,
      description: "Each region has tables of its own.",
      items: Object.entries(names).map(([id, text]) => ({
        id,
        text,
        labelTag: id,
        itemType: "checkbox",
        checked: id === region,
      })),
      onItemClick: ({ detail }) => onRegion(detail.id),
    },
    {
      type: "menu-dropdown",
      iconName: "settings",
      title: "Settings",
      ariaLabel: "Settings",
      items: [
        { id: "dark", text: "Dark mode", itemType: "checkbox", checked: settings.mode === "dark" },
        { id: "compact", text: "Compact density", itemType: "checkbox", checked: settings.density === "compact" },
      ],
      onItemClick: ({ detail }) =>
        detail.id === "dark"
          ? changeSettings({ mode: settings.mode === "dark" ? "light" : "dark" })
          : changeSettings({ density: settings.density === "compact" ? "comfortable" : "compact" }),
    },
  ];
  if (session.SignedIn) {
    const account = principal.AccountAlias || dashed(principal.Account);
    const name = shortName(principal.Name);
    utilities.push({
      type: "menu-dropdown",
      iconName: "user-profile",
      text: `${name} @ ${account}`,
      title: principal.AccountName || account,
      description: `Account ID: ${dashed(principal.Account)}`,
      ariaLabel: `Account: ${name} @ ${account}`,
      items: [
        { id: "account", text: "Account", href: "/console/account" },
        { id: "credentials", text: "Security credentials", href: "/console/iam/security-credentials" },
        { id: "sign-out", text: "Sign out" },
        { id: "sign-out-everywhere", text: "Sign out of all sessions" },
      ],
      onItemClick: ({ detail }) => {
        if (detail.id.startsWith("sign-out")) void leave(detail.id === "sign-out-everywhere");
      },
    });
  } else {
    utilities.push({ type: "button", iconName: "unlocked", text: "No authentication", disableUtilityCollapse: true });
  }
  return <TopNavigation identity={identity} utilities={utilities} search={<Search />} />;
}

export const identity: TopNavigationProps.Identity = {
  href: "/console/",
  title: "Stator",
  logo: { src: `${import.meta.env.BASE_URL}favicon.svg`, alt: "" },
};

/** 111122223333 -> 1111-2222-3333. */
export const dashed = (account: string) => account.replace(/^(\d{4})(\d{4})(\d{4})$/, "$1-$2-$3");
