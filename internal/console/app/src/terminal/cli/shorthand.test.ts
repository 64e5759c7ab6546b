import { expect, test } from "vitest";
import { shorthand } from "./shorthand";

test("the syntax of the user guide", () => {
  expect(shorthand("AttributeName=id,AttributeType=S")).toEqual({ AttributeName: "id", AttributeType: "S" });
  expect(shorthand("a=1,2,3,b=4")).toEqual({ a: ["1", "2", "3"], b: "4" });
  expect(shorthand("a=[1,2],b={c=d,e=[f,{g=h}]}")).toEqual({ a: ["1", "2"], b: { c: "d", e: ["f", { g: "h" }] } });
  expect(shorthand("id={S=x 1},n={N=5}")).toEqual({ id: { S: "x 1" }, n: { N: "5" } });
  expect(shorthand("Key='a,b=c',Value=\"it's\"")).toEqual({ Key: "a,b=c", Value: "it's" });
  expect(shorthand("Key=a\\,b")).toEqual({ Key: "a,b" });
  expect(shorthand("Key=,Value=")).toEqual({ Key: "", Value: "" });
  expect(shorthand(":v={S=a=b}")).toEqual({ ":v": { S: "a=b" } });
  expect(shorthand("u=https://example.com/?a=b")).toEqual({ u: "https://example.com/?a=b" });
  expect(shorthand("a=[]")).toEqual({ a: [] });
});

test("faults say where", () => {
  expect(() => shorthand("novalue")).toThrow("Expected: '=', received: 'EOF' for input:\nnovalue\n       ^");
  expect(() => shorthand("a={b=c")).toThrow("Expected: '}'");
  expect(() => shorthand("a=1,a=2")).toThrow("Second instance of key");
  expect(() => shorthand("a='x")).toThrow("received: 'EOF'");
});
