import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { PublicPage } from "../session/public_page";
import { Refusal } from "../session/refusal";
import { useSession } from "../session/session";
import { useSubmit } from "../session/submit";
import { useSearchParams } from "../shell/params";
import { people } from "../session/people";

/** Sends a link for another password. Nothing says whether there is such a user. */
export default function ForgotPassword() {
  const [search] = useSearchParams();
  const byMail = useSession().CodesBy === "mail";
  const [name, setName] = useState(search.get("user") ?? "");
  const [sent, setSent] = useState(false);
  const { busy, error, onSubmit } = useSubmit(async () => {
    await people.forgotPassword({ UserName: name.trim() });
    setSent(true);
  });
  return (
    <PublicPage title="Forgot password" footer={<Link href="/console/portal/signin">Back to sign in</Link>}>
      {sent ? (
        <Alert header="Reset password email sent">
          If there is a user {name.trim()}, a link to set another password {byMail ? "is on its way to the user's email address" : "is in the server's log: ask whoever runs it"}.
        </Alert>
      ) : (
        <form onSubmit={onSubmit}>
          <SpaceBetween size="m">
            <Refusal error={error} />
            <FormField label="Username">
              <Input value={name} autoFocus autoComplete="username" onChange={({ detail }) => setName(detail.value)} />
            </FormField>
            <Button variant="primary" fullWidth loading={busy} disabled={!name.trim()}>
              Next
            </Button>
          </SpaceBetween>
        </form>
      )}
    </PublicPage>
  );
}
