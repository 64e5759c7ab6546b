import { useParams as useRaw } from "wouter";

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
