import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { Page } from "../shell/page";
import { ConsoleSignIn } from "./console_sign_in";
import { principalPage } from "./permissions";

export interface Created {
  user: string;
  /** Of the console, if the user has one. */
  password?: string;
  failures: { what: string; error: unknown }[];
}

/** The last step: what cannot be seen again. */
export function UserCreated({ made }: { made: Created }) {
  return (
    <Page
      title={made.password === undefined ? "User created" : "Retrieve password"}
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Users", "/console/iam/users"],
      ]}
      description={
        made.password !== undefined &&
        "You can view and download the user's password below or email the user instructions for signing in to the console."
      }
    >
      <SpaceBetween size="l">
        {made.failures.length ? (
          <Alert type="warning" header={`User ${made.user} was created, but not all that was asked for was done`}>
            Do the rest on the user&apos;s page.
          </Alert>
        ) : (
          <Alert type="success">User {made.user} created successfully.</Alert>
        )}
        {made.failures.map(({ what, error }) => (
          <SpaceBetween size="xs" key={what}>
            <Box variant="strong">{what}</Box>
            <Failure error={error} />
          </SpaceBetween>
        ))}
        {made.password !== undefined && <ConsoleSignIn user={made.user} password={made.password} />}
        <Box float="right">
          <Actions>
            <Button href={principalPage({ kind: "user", name: made.user })}>View user</Button>
            <Button variant="primary" href="/console/iam/users">
              Return to users list
            </Button>
          </Actions>
        </Box>
      </SpaceBetween>
    </Page>
  );
}
