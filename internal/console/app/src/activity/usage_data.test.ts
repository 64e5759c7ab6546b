import { expect, test } from "vitest";
import { ranges, request, usage } from "./usage_data";

const now = new Date("2026-01-31T10:20:30Z");

test("whole periods up to now", () => {
  expect(request(ranges[0]!, now).TimePeriod).toEqual({ Start: "2026-01-30T11:00:00Z", End: "2026-01-31T11:00:00Z" });
  expect(request(ranges[2]!, now).TimePeriod).toEqual({ Start: "2026-01-25", End: "2026-02-01" });
});

test("usage by table", () => {
  const group = (type: string, amount: string) => ({
    Keys: [type, "arn:aws:dynamodb:eu-west-1:111122223333:table/Music"],
    Metrics: { UsageQuantity: { Amount: amount, Unit: "N/A" } },
  });
  const answer = usage(
    [
      { TimePeriod: { Start: "2026-01-30", End: "2026-01-31" }, Groups: [group("EU-ReadRequestUnits", "1.5"), group("EU-TimedStorage-ByteHrs", "0.25")] },
      { TimePeriod: { Start: "2026-01-31", End: "2026-02-01" }, Groups: [group("EU-ReadRequestUnits", "2"), group("EU-WriteRequestUnits", "4")] },
    ],
    false,
  );
  expect(answer.tables).toEqual([
    {
      arn: "arn:aws:dynamodb:eu-west-1:111122223333:table/Music",
      table: "Music",
      region: "eu-west-1",
      total: { read: 3.5, write: 4, storage: 0.25 },
      by: { read: [1.5, 2], write: [0, 4], storage: [0.25, 0] },
    },
  ]);
  expect(answer.periods.map((p) => p.toISOString())).toEqual(["2026-01-30T00:00:00.000Z", "2026-01-31T00:00:00.000Z"]);
});
