// What the search of the bar knows: sections and what their navigations lead to.
import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import type { Section } from "./section";

export interface FoundPage {
  href: string;
  /** "Users", or "Dashboard - IAM" where the name alone doesn't say of what. */
  title: string;
  description: string;
  /** Other names, by which somebody who knows AWS looks for it. */
  words: string[];
}

/** AWS's names of what is called otherwise here. */
const words: Record<string, string[]> = {
  "/console/dynamodb": ["Amazon DynamoDB"],
  "/console/dynamodb/explore": ["Query", "Scan"],
  "/console/iam": ["Identity and Access Management"],
  "/console/rolesanywhere": ["X.509", "Certificates", "Machines"],
  "/console/singlesignon": ["AWS SSO", "Single sign-on"],
  "/console/connect": ["SDK", "CLI", "Access keys", "STS", "Security Token Service"],
  "/console/terminal": ["CloudShell"],
  "/console/activity": ["CloudTrail", "Event history"],
  "/console/activity/usage": ["Billing and Cost Management", "Cost Explorer"],
  "/console/account/accounts": ["Organizations"],
  "/console/iam/security-credentials": ["Access keys", "MFA", "Password"],
};

export function pagesOf(sections: Pick<Section, "text" | "href" | "description" | "navigation">[]): FoundPage[] {
  const pages = sections.flatMap((s) => [
    { href: s.href, title: s.text, description: s.description },
    ...links(s.navigation ?? [])
      .filter(({ href }) => href !== s.href)
      .map(({ href, text }) => ({ href, title: text, description: s.text })),
  ]);
  const twice = (title: string) => pages.filter((p) => p.title === title).length > 1;
  return pages.map((p) => ({
    ...p,
    title: twice(p.title) ? `${p.title} - ${p.description}` : p.title,
    words: words[p.href] ?? [],
  }));
}

const links = (items: readonly SideNavigationProps.Item[]): { href: string; text: string }[] =>
  items.flatMap((item) => [
    ...(item.type === "link" ? [{ href: item.href, text: item.text }] : []),
    ...("items" in item ? links(item.items) : []),
  ]);

/** The page that a text means when it is sent: that of the name, or the first that has the text in a name. */
export function find(pages: FoundPage[], text: string): FoundPage | undefined {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return undefined;
  const names = (p: FoundPage) => [p.title, ...p.words].map((name) => name.toLowerCase());
  return pages.find((p) => names(p).includes(wanted)) ?? pages.find((p) => names(p).some((name) => name.includes(wanted)));
}
