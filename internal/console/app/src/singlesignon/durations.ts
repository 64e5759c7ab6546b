// How long the sessions of a permission set are: PT1H to PT12H (CreatePermissionSet, IAM Identity Center API Reference).
export const hours = Array.from({ length: 12 }, (_, i) => i + 1);

export const durationOf = (hours: number) => `PT${hours}H`;

/** "PT1H30M" -> "1 hour 30 minutes". */
export function lengthOf(duration: string | undefined): string {
  const [, h, m] = /^PT(?:(\d+)H)?(?:(\d+)M)?/.exec(duration ?? "PT1H") ?? [];
  return [...counted(Number(h ?? 0), "hour"), ...counted(Number(m ?? 0), "minute")].join(" ") || (duration ?? "");
}

const counted = (n: number, unit: string) => (n > 0 ? [`${n} ${unit}${n === 1 ? "" : "s"}`] : []);

/** How long people may stay signed in to the access portal, in minutes: what AWS's console offers. */
export const portalSessions = [15, 60, 4 * 60, 8 * 60, 12 * 60, 24 * 60, 7 * 24 * 60, 30 * 24 * 60, 90 * 24 * 60];

export const isPortalSession = (minutes: number) => Number.isInteger(minutes) && minutes >= 15 && minutes <= 90 * 24 * 60;

/** 1500 -> "1 day 1 hour". */
export function portalSessionText(minutes: number): string {
  const days = Math.floor(minutes / 1440);
  return [...counted(days, "day"), ...counted(Math.floor((minutes % 1440) / 60), "hour"), ...counted(minutes % 60, "minute")].join(" ");
}
