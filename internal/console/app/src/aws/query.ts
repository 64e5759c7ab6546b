// How pages load and change data: TanStack Query, with the region in every key.
import {
  QueryCache,
  QueryClient,
  MutationCache,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { useRef } from "react";
import { sessionKey } from "../session/api";
import { useSettings } from "../shell/settings";
import { forgetCredentials, isSignedOut } from "./credentials";
import { once } from "./once";

/** When the session is over somewhere else, it is here too: asking for it again leads to the sign-in page. */
function onError(error: Error) {
  if (!isSignedOut(error)) return;
  forgetCredentials();
  void queryClient.invalidateQueries({ queryKey: sessionKey });
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // The SDK repeats what is worth repeating.
    // The server may be on this machine, of which the browser's being offline says nothing.
    queries: { retry: false, networkMode: "always", refetchOnWindowFocus: false, staleTime: 5_000 },
    mutations: { retry: false, networkMode: "always" },
  },
});

/** A key begins with the service and what is asked: ["iam", "ListUsers"], ["dynamodb", "DescribeTable", name]. */
export type Key = readonly unknown[];

interface Options {
  enabled?: boolean;
  /** Ask again after so many milliseconds, for as long as the page is open; false or 0: don't. */
  every?: number | false;
  /** What is loaded has names that people chose, such as an item: __proto__ among them is lost where the parts that are as before are kept. */
  named?: boolean;
}

/** Loads data: useAws(["iam", "ListUsers"], (signal) => all(...)). The same key in two places is asked once. */
export function useAws<T>(key: Key, load: (signal: AbortSignal) => Promise<T>, options: Options = {}): UseQueryResult<T> {
  const { region } = useSettings();
  return useQuery({
    queryKey: [region, ...key],
    queryFn: ({ signal }) => load(signal),
    enabled: options.enabled,
    refetchInterval: options.every || false,
    structuralSharing: !options.named,
  });
}

/**
 * Changes data. When it is done, what was loaded under the keys given (or under longer ones) is loaded anew. While it is under way
 * it isn't begun again, unless it may overlap.
 */
export function useAwsChange<T, Input = void>(
  change: (input: Input) => Promise<T>,
  invalidates: Key[],
  { overlapping = false } = {},
): UseMutationResult<T, Error, Input> {
  const { region } = useSettings();
  const client = useQueryClient();
  const state = useRef({ busy: false });
  const mutation = useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(invalidates.map((key) => client.invalidateQueries({ queryKey: [region, ...key] }))),
  });
  if (overlapping) return mutation;
  const mutateAsync = once(state.current, mutation.mutateAsync);
  // Failures are in the error of the result.
  const mutate: typeof mutation.mutate = (...args) => void mutateAsync(...args).catch(() => {});
  return { ...mutation, mutate, mutateAsync };
}

/** All the items of a paginator: all(paginateListUsers({ client: iam() }, {}), (page) => page.Users). */
export async function all<Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const result: Item[] = [];
  for await (const page of pages) result.push(...(items(page) ?? []));
  return result;
}
