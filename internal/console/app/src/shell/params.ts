import { useParams as useRaw } from "wouter";
import { navigate, useSearch } from "wouter/use-browser-location";

/**
 * The parameters of the page's path, decoded. wouter's are decoded as a whole address is, which leaves what separates its parts,
 * such as the / and : of ARNs and the @ of names, encoded.
 */
export function useParams<T extends Record<string, string | undefined>>(): T {
  return Object.fromEntries(Object.entries(useRaw()).map(([name, value]) => [name, value && decoded(value)])) as T;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * The parameters of the page's search string, and how to change them without a new entry in the history. wouter's are decoded
 * twice, which makes %41 of a text with those three characters an A.
 */
export function useSearchParams(): [URLSearchParams, (parameters: Record<string, string>) => void] {
  return [
    new URLSearchParams(useSearch()),
    (parameters) => navigate(`?${new URLSearchParams(parameters)}`, { replace: true }),
  ];
}
