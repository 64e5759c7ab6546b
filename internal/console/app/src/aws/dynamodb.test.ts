import { GetItemCommand, PutItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { expect, test, vi } from "vitest";
import { dynamodb } from "./dynamodb";

vi.mock("./credentials", () => ({
  credentials: () => Promise.resolve({ accessKeyId: "a", secretAccessKey: "b" }),
  currentRegion: () => "us-east-1",
  generation: () => 0,
}));
vi.stubGlobal("location", { origin: "http://127.0.0.1:1" });

const json = '{"__proto__":{"S":"x"},"constructor":{"B":"AQI="},"toString":{"N":"1"},"m":{"M":{"__proto__":{"L":[{"BS":["AQ=="]}]}}}}';

test("the SDK reads and writes attributes of any name", async () => {
  let sent = "";
  dynamodb().middlewareStack.add(
    () => async ({ request }) => {
      sent = new TextDecoder().decode((request as { body: Uint8Array }).body);
      const body = new TextEncoder().encode(`{"Item":${json}}`);
      return { response: { statusCode: 200, headers: {}, body } } as never;
    },
    { step: "deserialize", priority: "low" },
  );
  const { Item } = await dynamodb().send(new GetItemCommand({ TableName: "T", Key: { id: { S: "a" } } }));
  const entries = (map: Record<string, AttributeValue>) => Object.entries(map).map(([name, value]) => [name, Object.values(value)[0]]);
  expect(entries(Item!).slice(0, 3)).toEqual([
    ["__proto__", "x"],
    ["constructor", new Uint8Array([1, 2])],
    ["toString", "1"],
  ]);
  expect(entries(Item!.m!.M!)).toEqual([["__proto__", [{ BS: [new Uint8Array([1])] }]]]);
  await dynamodb().send(new PutItemCommand({ TableName: "T", Item: Item! }));
  expect(sent).toContain(`"Item":${json}`);
});
