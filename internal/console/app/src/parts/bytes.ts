const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** 1536 -> 1.5 kilobytes of 1024 bytes, as AWS's console counts. */
export function bytes(n: number | undefined): string {
  if (n === undefined) return "–";
  const steps = Math.min(Math.floor(Math.log2(Math.max(n, 1)) / 10), 4);
  const unit = ["bytes", "kilobytes", "megabytes", "gigabytes", "terabytes"][steps]!;
  return `${number.format(n / 1024 ** steps)} ${n === 1 ? "byte" : unit}`;
}
