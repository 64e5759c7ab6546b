// How long the sessions of a permission set are: PT1H to PT12H (CreatePermissionSet, IAM Identity Center API Reference).
export const hours = Array.from({ length: 12 }, (_, i) => i + 1);

export const durationOf = (hours: number) => `PT${hours}H`;

/** "PT1H30M" -> "1 hour 30 minutes". */
export function lengthOf(duration: string | undefined): string {
  const [, h, m] = /^PT(?:(\d+)H)?(?:(\d+)M)?/.exec(duration ?? "PT1H") ?? [];
  const counted = (n: string | undefined, unit: string) => (n && n !== "0" ? [`${n} ${unit}${n === "1" ? "" : "s"}`] : []);
  return [...counted(h, "hour"), ...counted(m, "minute")].join(" ") || (duration ?? "");
}
