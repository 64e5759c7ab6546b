import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import { currentRegion } from "../aws/credentials";
import { Copy } from "../parts/copy";
import { usePrincipal } from "../session/session";

/** Who is signed in, and where. */
export function AccountCard() {
  const principal = usePrincipal();
  return (
    <Container fitHeight header={<Header variant="h2">Account</Header>}>
      <KeyValuePairs
        columns={1}
        items={[
          { label: "Account ID", value: <Copy text={principal.Account} /> },
          ...(principal.AccountName ? [{ label: "Account name", value: <Link href="/console/account">{principal.AccountName}</Link> }] : []),
          { label: "Signed in as", value: <span className="breaks">{principal.Arn}</span> },
          { label: "Region", value: currentRegion() },
          { label: "Endpoint for clients", value: <Copy text={location.origin} /> },
        ]}
      />
    </Container>
  );
}
