import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";
import { Failure } from "./failure";

export interface LoadedProps<T> {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown };
  children: (data: T) => ReactNode;
}

/** What was loaded by useAws, or that it is loading, or why it failed. Lists are ResourceTable's. */
export function Loaded<T>({ query, children }: LoadedProps<T>) {
  if (query.data !== undefined) {
    return (
      <>
        {/* It was there, and may be gone since, or be denied. */}
        {query.error && (
          <Box padding={{ bottom: "m" }}>
            <Failure error={query.error} retry={query.refetch} />
          </Box>
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.error) return <Failure error={query.error} retry={query.refetch} />;
  return (
    <Box textAlign="center" padding="l">
      <Spinner size="large" /> <Box variant="span">Loading</Box>
    </Box>
  );
}
