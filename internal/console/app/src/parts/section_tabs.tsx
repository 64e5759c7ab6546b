import Tabs from "@cloudscape-design/components/tabs";
import type { ReactNode } from "react";
import { useSearchParams } from "../shell/params";

interface Tab {
  /** As it is in the address: ?section=security_credentials, as AWS's console has it. */
  id: string;
  label: string;
  content: ReactNode;
}

/** The tabs of a page. Which one is open is in the address. */
export function SectionTabs({ label, tabs }: { label: string; tabs: Tab[] }) {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("section");
  return (
    <Tabs
      ariaLabel={label}
      tabs={tabs}
      activeTabId={tabs.some((t) => t.id === asked) ? asked! : tabs[0]!.id}
      onChange={({ detail }) => setSearch({ section: detail.activeTabId })}
    />
  );
}
