import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";

/** How an account is closed: on this server the management account does it. */
export function CloseAccount() {
  return (
    <Container header={<Header variant="h2">Close account</Header>}>
      The management account of this server closes accounts, on its page <Link href="/console/account/accounts">AWS accounts</Link>. If this
      is another account, ask the operator of the server.
    </Container>
  );
}
