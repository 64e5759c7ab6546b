import Box from "@cloudscape-design/components/box";
import { useLocation } from "wouter";
import { Page } from "./page";

/** Stands where a page is still to be built. */
export default function Placeholder() {
  const [path] = useLocation();
  return (
    <Page title={path.split("/").at(-1)!.replaceAll("-", " ")}>
      <Box color="text-body-secondary">This page is not built yet.</Box>
    </Page>
  );
}
