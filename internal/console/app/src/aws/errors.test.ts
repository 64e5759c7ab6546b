import { expect, test } from "vitest";
import { explain } from "./errors";

test("only what fetch says is a failure of the network", () => {
  for (const message of ["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"]) {
    expect(explain(new TypeError(message)).title, message).toBe("The server can't be reached");
  }
  for (const fault of [new TypeError("Cannot read properties of undefined (reading 'S')"), new RangeError("Invalid array length")]) {
    const { title, details } = explain(fault);
    expect(title).toBe("Something in the console went wrong");
    expect(details).toEqual([["Error", `${fault.name}: ${fault.message}`]]);
  }
});

test("denials say what is missing", () => {
  const error = Object.assign(new Error("User: arn:aws:iam::1:user/a is not authorized to perform: iam:ListUsers on resource: * because no policy allows it"), { name: "AccessDenied" });
  expect(explain(error)).toMatchObject({ title: "You don't have permission to iam:ListUsers", denied: true });
});
