// All links are ordinary ones, <a href="/console/...">, of any component. A plain click on one changes the view without
// loading the page anew; with a modifier key, or in a new tab, the browser does what it does with links.
//
// The listener is the first to see a click, since menus let nobody after them see it. What they do about it, such as closing, comes
// before the view changes.
import { useEffect } from "react";
import { navigate } from "wouter/use-browser-location";
import { leave } from "./unsaved";

export { navigate };

/** Links don't say the region: it stays what it is. */
function withoutRegion(search: string) {
  const parameters = new URLSearchParams(search);
  parameters.delete("region");
  return parameters.size > 0 ? `?${parameters}` : "";
}

export function useLinks() {
  useEffect(() => {
    const follow = (e: MouseEvent) => {
      if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
      const link = e.target instanceof Element ? e.target.closest("a") : null;
      if (!link || link.ariaDisabled === "true" || (link.target && link.target !== "_self") || link.hasAttribute("download")) return;
      if (link.origin !== location.origin || !link.pathname.startsWith("/console/") || link.getAttribute("href")?.startsWith("#")) return;
      e.preventDefault();
      const to = link.pathname + link.search + link.hash;
      if (to !== location.pathname + withoutRegion(location.search) + location.hash) setTimeout(() => leave(to));
    };
    document.addEventListener("click", follow, true);
    return () => document.removeEventListener("click", follow, true);
  }, []);
}
