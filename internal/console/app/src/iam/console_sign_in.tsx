// What somebody needs to sign in to the console. It is shown once.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Copy } from "../parts/copy";
import { csv, download } from "../parts/download";
import { usePrincipal } from "../session/session";
import { Secret } from "../parts/secret";

/** Where the users of the account sign in. */
export function useSignInURL(): string {
  const { Account, AccountAlias } = usePrincipal();
  return `${location.origin}/console/signin/${encodeURIComponent(AccountAlias || Account)}`;
}

export function ConsoleSignIn({ user, password }: { user: string; password: string }) {
  const url = useSignInURL();
  return (
    <SpaceBetween size="l">
      <Alert type="warning">
        This is the only time you can view this password. Make sure that you send it to the user in a safe way, or download it.
      </Alert>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <Button
                iconName="download"
                onClick={() =>
                  download(
                    `${user}_credentials.csv`,
                    "text/csv",
                    csv([
                      ["User name", "Password", "Console sign-in URL"],
                      [user, password, url],
                    ]),
                  )
                }
              >
                Download .csv file
              </Button>
            }
          >
            Console sign-in details
          </Header>
        }
      >
        <KeyValuePairs
          columns={1}
          minColumnWidth={180}
          items={[
            { label: "Console sign-in URL", value: <Copy text={url} /> },
            { label: "User name", value: <Copy text={user} /> },
            { label: "Console password", value: <Secret name="password" text={password} /> },
          ]}
        />
        <Box variant="small">Whoever has all three can sign in as the user.</Box>
      </Container>
    </SpaceBetween>
  );
}
