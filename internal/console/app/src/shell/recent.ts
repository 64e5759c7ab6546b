// Which sections were opened last in this browser.
const key = "stator.recent";
const most = 6;

/** The paths of sections, the last one first. */
export function recentSections(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((href): href is string => typeof href === "string") : [];
  } catch {
    return [];
  }
}

export function rememberSection(href: string) {
  const recent = [href, ...recentSections().filter((other) => other !== href)].slice(0, most);
  try {
    localStorage.setItem(key, JSON.stringify(recent));
  } catch {
    // then nothing is remembered
  }
}
