// Times are shown in the time zone of the browser, as AWS's console shows them, with the zone.

const full = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "long" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export const fullTime = (time: Date) => full.format(time);

/** "3 days ago". */
export function ago(time: Date): string {
  const seconds = (time.getTime() - Date.now()) / 1000;
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return relative.format(Math.round(seconds / length), unit);
}

/** A time; "–" if there is none. */
export function Time({ at, as = "full" }: { at: Date | undefined; as?: "full" | "ago" }) {
  if (!at) return <>–</>;
  return (
    <time dateTime={at.toISOString()} title={fullTime(at)}>
      {as === "ago" ? ago(at) : fullTime(at)}
    </time>
  );
}
