import Link from "@cloudscape-design/components/link";
import { Page } from "./page";

export function NotFound() {
  return (
    <Page title="Page not found">
      There is no page at this address. <Link href="/console/">Go to the home page</Link>
    </Page>
  );
}
