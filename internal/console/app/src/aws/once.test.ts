import { expect, test } from "vitest";
import { once } from "./once";

test("what is under way isn't begun again", async () => {
  let runs = 0;
  let finish: (error?: Error) => void = () => {};
  const run = once({ busy: false }, (text: string) => {
    runs++;
    return new Promise<string>((resolve, reject) => (finish = (error) => (error ? reject(error) : resolve(text))));
  });
  const first = run("a");
  let followed = false;
  void run("b").then(() => (followed = true));
  finish();
  expect(await first).toBe("a");
  expect([runs, followed]).toEqual([1, false]);

  // One after the other they are, after a failure too.
  const failing = run("c");
  finish(new Error("no"));
  await expect(failing).rejects.toThrow("no");
  const last = run("d");
  finish();
  expect(await last).toBe("d");
  expect(runs).toBe(3);
});
