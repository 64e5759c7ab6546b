import { CreateInstanceCommand } from "@aws-sdk/client-sso-admin";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { InstanceMetadata } from "@aws-sdk/client-sso-admin";
import { currentRegion } from "../aws/credentials";
import { useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Copy } from "../parts/copy";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { usePersonSession } from "../session/people";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { useInstance } from "./center";
import { useGroups, useUsers } from "./people";
import { usePermissionSets } from "./permissions";
import { sourceNames } from "./source_names";

export default function Dashboard() {
  const instance = useInstance();
  return (
    <Page title="IAM Identity Center" description="People sign in once, and have roles in the accounts that they are given">
      <Loaded query={instance}>{(instance) => (instance ? <Enabled instance={instance} /> : <Enable />)}</Loaded>
    </Page>
  );
}

function Enable() {
  const { notify } = useNotifications();
  const portal = usePersonSession();
  const enable = useAwsChange(async () => {
    await ssoAdmin().send(new CreateInstanceCommand({}));
    await portal.refetch();
    notify({ type: "success", header: "IAM Identity Center is enabled." });
  }, [["sso"]]);
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description="Short-term credentials for people, instead of users and keys in each account."
            actions={
              <Button variant="primary" loading={enable.isPending} onClick={() => enable.mutate()}>
                Enable
              </Button>
            }
          >
            Enable IAM Identity Center
          </Header>
        }
      >
        <SpaceBetween size="m">
          <ol>
            <li>Enable it, once for all accounts of this server. It will be in the region {currentRegion()}.</li>
            <li>Add users and groups, or connect the directory that you have: SAML 2.0, OpenID Connect, LDAP, SCIM.</li>
            <li>Make permission sets: what a role in an account may do.</li>
            <li>Assign users and groups to accounts with permission sets.</li>
            <li>People sign in at the access portal, or by aws sso login, and get credentials that expire.</li>
          </ol>
          {enable.error && <Failure error={enable.error} />}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
}

function Enabled({ instance }: { instance: InstanceMetadata }) {
  const portal = usePersonSession();
  const store = instance.IdentityStoreId!;
  const users = useUsers(store);
  const groups = useGroups(store);
  const sets = usePermissionSets(instance.InstanceArn!);
  const counts: [string, string, { data: unknown[] | undefined; error: Error | null }][] = [
    ["Users", "/console/singlesignon/users", users],
    ["Groups", "/console/singlesignon/groups", groups],
    ["Permission sets", "/console/singlesignon/permission-sets", sets],
  ];
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, s: 8 } }, { colspan: { default: 12, s: 4 } }]}>
      <SpaceBetween size="l">
        <Container header={<Header variant="h2">Central management</Header>}>
          <dl className="counts">
            {counts.map(([label, href, { data, error }]) => (
              <div key={label}>
                <Box variant="awsui-key-label" tagOverride="dt">
                  {label}
                </Box>
                <dd>
                  <Link variant="awsui-value-large" href={href} ariaLabel={`${data?.length ?? "?"} ${label}`}>
                    {data?.length ?? (error ? "–" : "…")}
                  </Link>
                </dd>
              </div>
            ))}
          </dl>
        </Container>
        <Container header={<Header variant="h2">Steps</Header>}>
          <ul className="plain">
            <Step href="/console/singlesignon/settings" text="Confirm your identity source" hint="Users of the directory here, or of yours." />
            <Step href="/console/singlesignon/users/add" text="Add a user" hint="With a password, or an invitation by email." />
            <Step href="/console/singlesignon/permission-sets/create" text="Create a permission set" hint="What a role may do, with policies of AWS or yours." />
            <Step href="/console/singlesignon/accounts" text="Assign users or groups to accounts" hint="With permission sets, each of which becomes a role there." />
          </ul>
        </Container>
      </SpaceBetween>
      <Container header={<Header variant="h2">Settings summary</Header>}>
        <KeyValuePairs
          columns={1}
          items={[
            { label: "Instance name", value: instance.Name || "–" },
            { label: "Region", value: currentRegion() },
            { label: "Identity source", value: portal.data ? (sourceNames[portal.data.Source?.Kind] ?? "–") : "–" },
            { label: "Identity store ID", value: <Copy text={store} /> },
            { label: "Instance ARN", value: <span className="breaks"><Copy text={instance.InstanceArn!} /></span> },
            { label: "AWS access portal URL", value: portal.data?.StartURL ? <span className="breaks"><Copy text={portal.data.StartURL} /></span> : "–" },
          ]}
        />
      </Container>
    </Grid>
  );
}

function Step({ href, text, hint }: { href: string; text: string; hint: string }) {
  return (
    <li>
      <Link href={href}>{text}</Link>
      <Box color="text-body-secondary" fontSize="body-s">
        {hint}
      </Box>
    </li>
  );
}
