import Box from "@cloudscape-design/components/box";
import { Page } from "../shell/page";
import { usePrincipal } from "../session/session";

export default function Home() {
  const principal = usePrincipal();
  return (
    <Page title="Stator home">
      <Box>Signed in as {principal.Arn}</Box>
    </Page>
  );
}
