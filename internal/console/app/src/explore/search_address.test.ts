import { expect, test } from "vitest";
import { schemaOf } from "./schema";
import { everything, noCondition, type Search } from "./search";
import { fromParameters, toParameters } from "./search_address";

const schema = schemaOf({
  TableName: "T",
  KeySchema: [
    { AttributeName: "constructor", KeyType: "HASH" },
    { AttributeName: "n", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [{ IndexName: "i", KeySchema: [{ AttributeName: "g", KeyType: "HASH" }] }],
});

const back = (search: Search) => fromParameters(schema, new URLSearchParams(toParameters(schema, search).toString()));

test("a search comes back from its address", () => {
  const odd = "x%41 ü/😀?&#=+";
  const searches: Search[] = [
    {
      ...everything,
      kind: "Query",
      keys: { constructor: { ...noCondition, text: odd }, n: { operator: "between", text: "1", upper: "2" } },
      filters: [
        { id: -1, name: odd, operator: "contains", type: "S", text: odd, upper: "" },
        { id: -2, name: "b", operator: "between", type: "N", text: "1", upper: "2" },
      ],
      descending: true,
      consistent: true,
      projection: "specific",
      attributes: "a, b",
    },
    { ...everything, index: "i", projection: "count" },
    { ...everything, kind: "Query", index: "i", keys: { g: noCondition } },
  ];
  for (const search of searches) expect(back(search)).toEqual(search);
});

test("an address without a search has none", () => {
  expect(toParameters(schema, everything).toString()).toBe("table=T");
  expect(back(everything)).toBeUndefined();
});

test("what is wrong in an address is left out", () => {
  const broken = 'operation=QUERY&index=gone&pk=a&sk=["drop","1"]&filter=nonsense&filter=["a","toString","S"]&filter=[1]&projection=x&consistent=maybe';
  const keys = { constructor: { ...noCondition, text: "a" }, n: { operator: "=", text: "1", upper: "" } };
  expect(fromParameters(schema, new URLSearchParams(broken))).toEqual({ ...everything, kind: "Query", index: "gone", keys });
});
