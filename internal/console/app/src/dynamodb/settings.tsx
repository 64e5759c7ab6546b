import { DescribeLimitsCommand } from "@aws-sdk/client-dynamodb";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { dynamodb } from "../aws/dynamodb";
import { useAws } from "../aws/query";
import { Loaded } from "../parts/loaded";
import { Page } from "../shell/page";
import { count } from "./describe";

export default function Settings() {
  const limits = useAws(["dynamodb", "DescribeLimits"], () => dynamodb().send(new DescribeLimitsCommand({})));
  return (
    <Page title="Settings" breadcrumbs={[["DynamoDB", "/console/dynamodb"]]} description="What holds for all tables of the account in this Region.">
      <Loaded query={limits}>
        {(l) => (
          <SpaceBetween size="l">
            <Container
              header={
                <Header variant="h2" description="The most that can be provisioned for all tables and indexes together.">
                  Account capacity quotas
                </Header>
              }
            >
              <KeyValuePairs
                columns={2}
                items={[
                  { label: "Read capacity units", value: count(l.AccountMaxReadCapacityUnits) },
                  { label: "Write capacity units", value: count(l.AccountMaxWriteCapacityUnits) },
                ]}
              />
            </Container>
            <Container
              header={
                <Header variant="h2" description="The most that can be provisioned for a table with its indexes.">
                  Table capacity quotas
                </Header>
              }
            >
              <KeyValuePairs
                columns={2}
                items={[
                  { label: "Read capacity units", value: count(l.TableMaxReadCapacityUnits) },
                  { label: "Write capacity units", value: count(l.TableMaxWriteCapacityUnits) },
                ]}
              />
            </Container>
          </SpaceBetween>
        )}
      </Loaded>
    </Page>
  );
}
