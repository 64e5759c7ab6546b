import { expect, test } from "vitest";
import { format } from "./output";
import { fromSdk, type Json } from "./schema";

const users: Json = {
  Users: [
    { UserName: "ann", Path: "/", Tags: [{ Key: "a", Value: "1" }] },
    { UserName: "bob", Path: "/x/" },
  ],
};

test("json", () => {
  expect(format({ a: [1] }, "json", "X")).toBe('{\n    "a": [\n        1\n    ]\n}');
  expect(format({}, "json", "X")).toBe("");
  expect(format([], "json", "X")).toBe("[]");
  expect(format(null, "json", "X")).toBe("null");
});

test("text", () => {
  expect(format({ TableNames: ["a", "b"] }, "text", "ListTables")).toBe("TABLENAMES\ta\nTABLENAMES\tb");
  expect(format(["a", "b"], "text", "X")).toBe("a\tb");
  expect(format([["a", 1], ["b", true]], "text", "X")).toBe("a\t1\nb\tTrue");
  expect(format(users, "text", "ListUsers")).toBe("USERS\t/\tann\nTAGS\ta\t1\nUSERS\t/x/\tbob");
  expect(format(null, "text", "X")).toBe("None");
  expect(format("x", "text", "X")).toBe("x");
});

test("table", () => {
  expect(format({ Users: [{ UserName: "ann", Path: "/" }] }, "table", "ListUsers")).toBe(
    [
      "-------------------------",
      "|       ListUsers       |",
      "|+---------------------+|",
      "||        Users        ||",
      "|+--------+------------+|",
      "||  Path  |  UserName  ||",
      "|+--------+------------+|",
      "||  /     |  ann       ||",
      "|+--------+------------+|",
    ].join("\n"),
  );
  for (const line of format(users, "table", "ListUsers").split("\n")) {
    expect(line.length).toBe(format(users, "table", "ListUsers").split("\n")[0]!.length);
  }
});

test("answers of the SDK", () => {
  expect(
    fromSdk({
      $metadata: {},
      At: new Date("2026-01-02T03:04:05Z"),
      Exact: new Date("2026-01-02T03:04:05.678Z"),
      Blob: Uint8Array.of(1, 2),
      PolicyDocument: "%7B%22Version%22%3A%222012-10-17%22%7D",
      Nothing: undefined,
    }),
  ).toEqual({
    At: "2026-01-02T03:04:05+00:00",
    Exact: "2026-01-02T03:04:05.678000+00:00",
    Blob: "AQI=",
    PolicyDocument: { Version: "2012-10-17" },
  });
});
