// The tables that somebody has marked with a star. They are kept in this browser.
import { useSyncExternalStore } from "react";
import { currentRegion } from "../aws/credentials";

const storageKey = "stator.dynamodb.favorites";
const listeners = new Set<() => void>();
let starred: readonly string[] = read();

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((name) => typeof name === "string") : [];
  } catch {
    return []; // somebody else's text, or storage is forbidden
  }
}

const entry = (table: string) => `${currentRegion()}/${table}`;

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function toggleFavorite(table: string) {
  const one = entry(table);
  starred = starred.includes(one) ? starred.filter((s) => s !== one) : [...starred, one];
  try {
    localStorage.setItem(storageKey, JSON.stringify(starred));
  } catch {
    // then they last as long as the page
  }
  listeners.forEach((listener) => listener());
}

/** Whether a table of the region has a star. */
export function useFavorites(): (table: string) => boolean {
  const now = useSyncExternalStore(subscribe, () => starred);
  return (table) => now.includes(entry(table));
}
