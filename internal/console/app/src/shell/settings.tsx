// What a person has set in this browser: colours, density, region. It is kept in localStorage and is no part of a session.
import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

export interface Settings {
  mode: "light" | "dark";
  density: "comfortable" | "compact";
  /** The region that requests are for; empty is the server's own. */
  region: string;
}

const storageKey = "stator.settings";
const listeners = new Set<() => void>();
let settings = stored();
const addressed = regionOf(location.search);
if (addressed) keep({ ...settings, region: addressed });

/** The region that an address is about, if it says one. */
export function regionOf(search: string): string {
  const region = new URLSearchParams(search).get("region") ?? "";
  return /^[a-z]{2}(-[a-z]+)+-\d+$/.test(region) ? region : "";
}

function stored(): Settings {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  const initial: Settings = { mode: dark ? "dark" : "light", density: "comfortable", region: "" };
  try {
    return { ...initial, ...(JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Partial<Settings>) };
  } catch {
    return initial; // somebody else's text, or storage is forbidden
  }
}

export function applySettings() {
  applyMode(settings.mode === "dark" ? Mode.Dark : Mode.Light);
  applyDensity(settings.density === "compact" ? Density.Compact : Density.Comfortable);
}

/** The settings now. Components use useSettings. */
export const currentSettings = () => settings;

export function changeSettings(change: Partial<Settings>) {
  keep({ ...settings, ...change });
  applySettings();
  listeners.forEach((listener) => listener());
}

function keep(changed: Settings) {
  settings = changed;
  try {
    localStorage.setItem(storageKey, JSON.stringify(settings));
  } catch {
    // then they last as long as the page
  }
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useSettings = () => useSyncExternalStore(subscribe, currentSettings);
