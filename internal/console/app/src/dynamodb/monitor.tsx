import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import LineChart from "@cloudscape-design/components/line-chart";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { Loaded } from "../parts/loaded";
import type { TabProps } from "./describe";
import { graphsOf, loadGraphs, provisioned, ranges, type Graph, type Line, type Range } from "./metrics";

/** How often the graphs are loaded anew if somebody wants that, in milliseconds. */
const often = 15_000;

export default function Monitor({ table }: TabProps) {
  const name = table.TableName!;
  const [range, setRange] = useState(ranges[0]);
  const [index, setIndex] = useState("");
  const [live, setLive] = useState(false);
  const graphs = graphsOf(table, index);
  const lines = useAws(
    ["cloudwatch", "GetMetricData", name, index, range.value],
    async () => {
      const now = new Date();
      return { now, of: await loadGraphs(graphs, range, now) };
    },
    { every: live && often },
  );
  const views = [
    { value: "", label: "Table" },
    ...(table.GlobalSecondaryIndexes ?? []).map((x) => ({ value: x.IndexName!, label: `Index: ${x.IndexName}` })),
  ];
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description="What the server measured, as CloudWatch has it. It is in memory: a restart of the server forgets it."
            actions={
              <Actions>
                <Button iconName="refresh" ariaLabel="Refresh the graphs" loading={lines.isFetching} onClick={() => lines.refetch()} />
                <Select
                  ariaLabel="Time range"
                  options={ranges}
                  selectedOption={range}
                  onChange={({ detail }) => setRange(ranges.find((r) => r.value === detail.selectedOption.value) ?? ranges[0])}
                />
                <Select
                  ariaLabel="Table or index"
                  options={views}
                  selectedOption={views.find((v) => v.value === index) ?? views[0]!}
                  onChange={({ detail }) => setIndex(detail.selectedOption.value ?? "")}
                />
              </Actions>
            }
          >
            CloudWatch metrics
          </Header>
        }
      >
        <Checkbox checked={live} onChange={({ detail }) => setLive(detail.checked)}>
          Refresh every 15 seconds
        </Checkbox>
      </Container>
      <Loaded query={lines}>
        {({ now, of }) => (
          <SpaceBetween size="l">
            {of.every((all) => !all.some((l) => l.title !== provisioned)) && (
              <Alert type="info">Nothing was measured in this time. Read or write items, and wait for the minute to be over.</Alert>
            )}
            <Grid gridDefinition={graphs.map(() => ({ colspan: { default: 12, s: 6 } }))}>
              {graphs.map((g, i) => (
                <Chart key={`${index} ${g.title}`} graph={g} lines={of[i] ?? []} range={range} now={now} />
              ))}
            </Grid>
          </SpaceBetween>
        )}
      </Loaded>
    </SpaceBetween>
  );
}

const shortTime = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });
const fullTime = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });

function Chart({ graph, lines, range, now }: { graph: Graph; lines: Line[]; range: Range; now: Date }) {
  const tick = range.length > 86_400 ? day : shortTime;
  const highest = Math.max(0, ...lines.flatMap((l) => l.data.map((p) => p.y)));
  return (
    <Container
      header={
        <Header variant="h3" description={graph.description}>
          {graph.title}
        </Header>
      }
    >
      <LineChart
        series={lines.filter((l) => l.data.length).map((l) => ({ type: "line", ...l, valueFormatter: (y: number) => number.format(y) }))}
        xScaleType="time"
        xDomain={[new Date(now.getTime() - range.length * 1000), now]}
        yDomain={[0, highest || 1]}
        height={180}
        hideFilter
        hideLegend={lines.length < 2}
        ariaLabel={graph.title}
        ariaDescription={`${graph.title} in ${graph.unit.toLowerCase()}, ${range.label.toLowerCase()}`}
        yTitle={graph.unit}
        i18nStrings={{
          xTickFormatter: (x) => tick.format(x),
          yTickFormatter: (y) => number.format(y),
          detailPopoverDismissAriaLabel: "Close",
        }}
        detailPopoverFooter={(x) => <Box color="text-body-secondary">{fullTime.format(x)}</Box>}
        empty={<Box textAlign="center">Nothing was measured</Box>}
      />
    </Container>
  );
}
