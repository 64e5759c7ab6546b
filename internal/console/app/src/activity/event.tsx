import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { cloudtrail } from "../aws/cloudtrail";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { Copy } from "../parts/copy";
import { download } from "../parts/download";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { useParams } from "../shell/params";
import { recorded, type Authorization, type Recorded } from "./record";

export default function EventPage() {
  const { event: id } = useParams<{ event: string }>();
  const found = useAws(["cloudtrail", "LookupEvents", "EventId", id], () => lookup(id));
  const event = found.data ?? undefined;
  return (
    <Page title={event?.EventName ?? "Event"} breadcrumbs={[["Activity", "/console/activity"], ["Event history", "/console/activity"]]}>
      <Loaded query={found}>
        {(e) => (e ? <Details event={e} /> : <Alert type="info">There is no event {id} in this account and region.</Alert>)}
      </Loaded>
    </Page>
  );
}

/** Null if there is none. A page of the answer may be empty, and the event on a later one. */
async function lookup(id: string): Promise<Recorded | null> {
  let NextToken: string | undefined;
  do {
    const page = await cloudtrail().send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "EventId", AttributeValue: id }], NextToken }),
    );
    if (page.Events?.[0]) return recorded(page.Events[0]);
    NextToken = page.NextToken;
  } while (NextToken);
  return null;
}

function Details({ event }: { event: Recorded }) {
  const { record } = event;
  const json = JSON.stringify(record, null, 2);
  const resources = (event.Resources ?? []).map((r) => `${r.ResourceType}: ${r.ResourceName}`);
  return (
    <SpaceBetween size="l">
      {record.errorCode && (
        <Alert type={record.additionalEventData?.authorization ? "warning" : "error"} header={record.errorCode}>
          <SpaceBetween size="xs">
            <div>{record.errorMessage}</div>
            <Reason authorization={record.additionalEventData?.authorization} />
          </SpaceBetween>
        </Alert>
      )}
      <Container header={<Header variant="h2">Details</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: "Event time", value: <Time at={event.EventTime} /> },
            { label: "User name", value: event.Username ?? "–" },
            { label: "User ARN", value: record.userIdentity?.arn ?? "–" },
            { label: "AWS access key", value: event.AccessKeyId ?? "–" },
            { label: "Event source", value: event.EventSource },
            { label: "AWS Region", value: record.awsRegion ?? "–" },
            { label: "Source IP address", value: record.sourceIPAddress ?? "–" },
            { label: "User agent", value: record.userAgent ?? "–" },
            { label: "Read-only", value: event.ReadOnly },
            { label: "Request ID", value: record.requestID ? <Copy text={record.requestID} /> : "–" },
            { label: "Event ID", value: <Copy text={event.EventId!} /> },
            { label: "Resources referenced", value: resources.length ? resources.map((r) => <div key={r}>{r}</div>) : "–" },
          ]}
        />
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            actions={
              <Actions>
                <Copy text={json} inline={false} />
                <Button onClick={() => download(`${event.EventId}.json`, "application/json", json)}>Download</Button>
              </Actions>
            }
          >
            Event record
          </Header>
        }
      >
        <CodeEditor label="Event record" value={json} lines={20} />
      </Container>
    </SpaceBetween>
  );
}

const decisions: Record<string, string> = {
  ExplicitDeny: "A policy denies it explicitly",
  ImplicitDeny: "No policy allows it",
  Allow: "The policies allow it; it failed for another reason",
};

/** Which policy decided, for who is to change it. */
function Reason({ authorization }: { authorization: Authorization | undefined }) {
  if (!authorization?.decision) return null;
  const { decision, policyType, policy, statement, statementNumber, reason } = authorization;
  const parts = [
    policyType && `type of policy: ${policyType}`,
    policy && `policy: ${policy}`,
    (statement || statementNumber !== undefined) && `statement: ${statement || `number ${statementNumber}`}`,
  ].filter(Boolean);
  return (
    <div>
      <Box variant="strong">{decisions[decision] ?? decision}</Box>
      {parts.length > 0 && <> ({parts.join(", ")})</>}
      {reason && <div>{reason}</div>}
    </div>
  );
}
