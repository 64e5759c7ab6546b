import { expect, test } from "vitest";
import { diagnose } from "./diagnosis";

const where = { endpoint: "https://db.example.com", region: "eu-west-1", table: "Music" };

function refused(name: string, message: string) {
  return diagnose(Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } }), where);
}

test("every cause", () => {
  expect(diagnose(new TypeError("Failed to fetch"), where)).toMatchObject({ cause: "unreachable", text: expect.stringContaining("certificate") });
  const clock = refused("InvalidSignatureException", "Signature expired: 20260102T030405Z is now earlier than 20260102T044905Z (20260102T050405Z - 15 min.)");
  expect(clock).toMatchObject({ cause: "clock", text: expect.stringContaining("It is 2 hours behind the server's.") });
  expect(refused("SignatureDoesNotMatch", "Signature not yet current: 20260102T034405Z is still later than 20260102T031905Z (20260102T030405Z + 15 min.)").text).toContain("40 minutes ahead of");
  expect(refused("InvalidSignatureException", "The request signature we calculated does not match").cause).toBe("secret");
  expect(refused("SignatureDoesNotMatch", "Credential should be scoped to a valid region, not 'x y'. ").cause).toBe("region");
  expect(diagnose(new Error('Region not accepted: region="x y" is not a valid hostname component.'), where).cause).toBe("region");
  expect(refused("InvalidClientTokenId", "The security token included in the request is invalid.").cause).toBe("key");
  expect(refused("ExpiredTokenException", "The security token included in the request is expired").cause).toBe("expired");
  expect(refused("ResourceNotFoundException", "Requested resource not found")).toMatchObject({ cause: "table", title: "There is no table Music in eu-west-1" });
  expect(refused("AccessDeniedException", "Requests from your network address are not allowed: 192.0.2.1")).toMatchObject({
    cause: "network",
    text: expect.stringMatching(/192\.0\.2\.1.*--allow-cidr/),
  });
  expect(refused("ThrottlingException", "Rate exceeded").cause).toBe("throttled");
  expect(refused("InternalServerError", "no").cause).toBe("other");
});

test("a missing permission has the statement that allows it", () => {
  const message = "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: dynamodb:Scan on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/Music";
  expect(refused("AccessDeniedException", `${message} because no identity-based policy allows the dynamodb:Scan action`)).toMatchObject({
    cause: "permission",
    title: "The permission dynamodb:Scan is missing",
    statement: { Effect: "Allow", Action: "dynamodb:Scan", Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/Music" },
  });
  expect(refused("AccessDeniedException", `${message} with an explicit deny in an identity-based policy`)).toMatchObject({ cause: "denied", statement: undefined });
});
