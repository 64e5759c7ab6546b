import BarChart from "@cloudscape-design/components/bar-chart";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import type { Kind, Usage } from "./usage_data";

/** Tables that have a colour of their own; the others are one. */
const most = 8;

const hour = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hour12: false, day: "numeric", month: "short" });
const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });
const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

export function UsageChart({ title, unit, usage, kind }: { title: string; unit: string; usage: Usage; kind: Kind }) {
  const { periods, hourly } = usage;
  const label = (at: Date) => (hourly ? hour : day).format(at);
  const tables = usage.tables.filter((t) => t.total[kind] > 0).sort((a, b) => b.total[kind] - a.total[kind]);
  const others = tables.slice(most);
  const shown = [
    ...tables.slice(0, most).map((t) => ({ title: `${t.table} (${t.region})`, values: t.by[kind] })),
    ...(others.length ? [{ title: `${others.length} others`, values: periods.map((_, i) => others.reduce((sum, t) => sum + t.by[kind][i]!, 0)) }] : []),
  ];
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <BarChart
        ariaLabel={title}
        height={200}
        stackedBars
        hideFilter
        xScaleType="categorical"
        xDomain={periods.map(label)}
        xTitle={hourly ? "Hour" : "Day (UTC)"}
        yTitle={unit}
        yTickFormatter={(value) => number.format(value)}
        series={shown.map((s) => ({
          type: "bar",
          title: s.title,
          valueFormatter: (value: number) => `${number.format(value)} ${unit}`,
          data: s.values.map((y, i) => ({ x: label(periods[i]!), y })),
        }))}
        empty={
          <Box textAlign="center" color="inherit">
            Nothing was used in this time.
          </Box>
        }
      />
    </Container>
  );
}
