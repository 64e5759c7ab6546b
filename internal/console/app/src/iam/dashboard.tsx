import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Loaded } from "../parts/loaded";
import { Page } from "../shell/page";
import { AccountAlias } from "./account_alias";
import { useAccountSummary } from "./account_settings";
import { Recommendations } from "./recommendations";

const resources = [
  ["User groups", "Groups", "/console/iam/groups"],
  ["Users", "Users", "/console/iam/users"],
  ["Roles", "Roles", "/console/iam/roles"],
  ["Policies", "Policies", "/console/iam/policies"],
  ["Identity providers", "Providers", "/console/iam/providers"],
] as const;

export default function Dashboard() {
  const summary = useAccountSummary();
  return (
    <Page title="IAM Dashboard" description="Who may do what in this account">
      <Grid gridDefinition={[{ colspan: { default: 12, m: 8 } }, { colspan: { default: 12, m: 4 } }]}>
        <SpaceBetween size="l">
          <Recommendations />
          <Container header={<Header variant="h2" description="Resources in this account">IAM resources</Header>}>
            <Loaded query={summary}>
              {(counts) => (
                <KeyValuePairs
                  columns={5}
                  minColumnWidth={110}
                  items={resources.map(([label, name, href]) => ({
                    label,
                    value: (
                      <Link variant="awsui-value-large" href={href} ariaLabel={`${counts[name] ?? 0} ${label}`}>
                        {counts[name] ?? 0}
                      </Link>
                    ),
                  }))}
                />
              )}
            </Loaded>
          </Container>
        </SpaceBetween>
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Account</Header>}>
            <AccountAlias />
          </Container>
          <Container header={<Header variant="h2">Quick links</Header>}>
            <SpaceBetween size="xs">
              <Link href="/console/iam/security-credentials">My security credentials</Link>
              <Link href="/console/iam/simulator">Policy simulator</Link>
              <Link href="/console/iam/credential-report">Credential report</Link>
              <Link href="/console/connect">Connect programs to this server</Link>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Grid>
    </Page>
  );
}
