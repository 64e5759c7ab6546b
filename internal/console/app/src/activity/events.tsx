import { LookupEventsCommand, type Event } from "@aws-sdk/client-cloudtrail";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useRef, useState } from "react";
import { cloudtrail } from "../aws/cloudtrail";
import { currentRegion } from "../aws/credentials";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { csv, download } from "../parts/download";
import { ResourceTable, type Column } from "../parts/resource_table";
import { Time } from "../parts/time";
import { Page } from "../shell/page";
import { useSettings } from "../shell/settings";
import { FilterForm, initialFilter, times, type Filter } from "./filter";
import { isDenial, recorded, type Recorded } from "./record";

/** How many events are loaded at first, and with each further load. */
const portion = 200;

const columns: Column<Recorded>[] = [
  {
    id: "name",
    header: "Event name",
    value: (e) => e.EventName,
    cell: (e) => <Link href={`/console/activity/events/${encodeURIComponent(e.EventId!)}`}>{e.EventName}</Link>,
    isRowHeader: true,
    width: 200,
  },
  { id: "time", header: "Event time", width: 240, value: (e) => e.EventTime, cell: (e) => <Time at={e.EventTime} /> },
  { id: "user", header: "User name", width: 220, value: (e) => e.Username, cell: (e) => e.Username ?? "–" },
  {
    id: "error",
    header: "Error code",
    width: 220,
    value: (e) => e.record.errorCode,
    cell: (e) =>
      e.record.errorCode ? (
        <StatusIndicator type={isDenial(e.record) ? "warning" : "error"}>{e.record.errorCode}</StatusIndicator>
      ) : (
        "–"
      ),
  },
  { id: "source", header: "Event source", width: 220, value: (e) => e.EventSource, cell: (e) => e.EventSource },
  { id: "resource", header: "Resource name", value: resourceNames, cell: (e) => resourceNames(e) || "–" },
  { id: "type", header: "Resource type", value: resourceTypes, cell: (e) => resourceTypes(e) || "–", hidden: true },
  { id: "ip", header: "Source IP address", value: (e) => e.record.sourceIPAddress, cell: (e) => e.record.sourceIPAddress ?? "–", hidden: true },
  { id: "key", header: "AWS access key", value: (e) => e.AccessKeyId, cell: (e) => e.AccessKeyId ?? "–", hidden: true },
  { id: "id", header: "Event ID", value: (e) => e.EventId, cell: (e) => e.EventId, hidden: true },
];

export default function Events() {
  useSettings(); // the region is one of them
  const [filter, setFilter] = useState(initialFilter);
  const [wanted, setWanted] = useState(portion);
  const events = useAws(["cloudtrail", "LookupEvents", filter, wanted], (signal) => lookup(filter, wanted, signal));
  // While more are loaded, those that are there stay.
  const before = useRef<{ filter: Filter; data: Found }>(null);
  if (events.data) before.current = { filter, data: events.data };
  const data = events.data ?? (before.current?.filter === filter ? before.current.data : undefined);
  const region = currentRegion();
  return (
    <Page
      title="Event history"
      breadcrumbs={[["Activity", "/console/activity"]]}
      description={`What was done in this account and in ${region}: changes, denials and sign-ins, of programs as of people.`}
    >
      <SpaceBetween size="l">
        <Container>
          <FilterForm value={filter} onChange={(chosen) => (setFilter(chosen), setWanted(portion))} />
        </Container>
        {region !== "us-east-1" && (
          <Alert type="info">
            IAM has one place for all regions: what was done in it is in US East (N. Virginia), us-east-1, as AWS has it.
          </Alert>
        )}
        <ResourceTable
          name="activity.events"
          nouns={["event", "events"]}
          query={{ ...events, data: data?.events, isPending: !data && events.isPending }}
          id={(e) => e.EventId!}
          columns={columns}
          sortedBy="time"
          descending
          actions={() => (
            <Actions>
              <Button disabled={!data?.events.length} onClick={() => save(data!.events)}>
                Download events
              </Button>
              <Button disabled={!data?.more} loading={events.isFetching && Boolean(data)} onClick={() => setWanted(wanted + portion)}>
                Load older events
              </Button>
            </Actions>
          )}
        />
        {data && (
          <Box color="text-body-secondary">
            {data.more
              ? `The newest ${data.events.length} are shown; there may be older ones.`
              : "These are all events that were found. Reads and writes of items are in the server's audit log only, and there only if it was started with --audit-data-events."}
          </Box>
        )}
      </SpaceBetween>
    </Page>
  );
}

interface Found {
  events: Recorded[];
  more: boolean;
}

async function lookup(filter: Filter, wanted: number, abortSignal: AbortSignal): Promise<Found> {
  const found: Event[] = [];
  const range = times(filter.time);
  let NextToken: string | undefined;
  do {
    const LookupAttributes = filter.attribute && filter.value ? [{ AttributeKey: filter.attribute, AttributeValue: filter.value }] : undefined;
    const page = await cloudtrail().send(new LookupEventsCommand({ ...range, LookupAttributes, NextToken, MaxResults: 50 }), { abortSignal });
    found.push(...(page.Events ?? []));
    NextToken = page.NextToken;
  } while (NextToken && found.length < wanted);
  return { events: found.map(recorded), more: NextToken !== undefined };
}

function resourceNames(e: Recorded) {
  return (e.Resources ?? []).map((r) => r.ResourceName).join(", ");
}

function resourceTypes(e: Recorded) {
  return [...new Set((e.Resources ?? []).map((r) => r.ResourceType))].join(", ");
}

function save(events: Recorded[]) {
  const header = ["Event time", "Event name", "User name", "Event source", "Resource name", "Resource type", "Error code", "Error message", "Source IP address", "AWS access key", "Event ID"];
  const rows = events.map((e) => [
    e.EventTime?.toISOString(), e.EventName, e.Username, e.EventSource, resourceNames(e), resourceTypes(e), e.record.errorCode,
    e.record.errorMessage, e.record.sourceIPAddress, e.AccessKeyId, e.EventId,
  ]);
  download("event_history.csv", "text/csv", csv([header, ...rows]));
}
