import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { agreed, NewPasswordFields, noPassword } from "../session/new_password";
import { PublicPage } from "../session/public_page";
import { Refusal } from "../session/refusal";
import { useSubmit } from "../session/submit";
import { navigate } from "../shell/links";
import { useSearchParams } from "../shell/params";
import { people } from "../session/people";
import { passwordRules } from "./password_rules";

/** Where the link of an invitation leads to, and that of who forgot the password. */
export default function SetPassword() {
  const [search] = useSearchParams();
  const [token] = useState(search.get("token") ?? "");
  const [password, setPassword] = useState(noPassword);
  const { busy, error, onSubmit } = useSubmit(async () => {
    await people.setPassword({ Token: token, Password: agreed(password) });
    navigate("/console/portal/signin?set", { replace: true });
  });
  if (!token) {
    return (
      <PublicPage title="Set password" footer={<Link href="/console/portal/signin">Back to sign in</Link>}>
        <Alert type="warning">The link is not complete. Open it as the email has it, or ask for another one.</Alert>
      </PublicPage>
    );
  }
  return (
    <PublicPage title="Set password" description="For the AWS access portal." footer={<Link href="/console/portal/signin">Back to sign in</Link>}>
      <form onSubmit={onSubmit}>
        <SpaceBetween size="m">
          <Refusal error={error} />
          <NewPasswordFields value={password} onChange={setPassword} error={error} rules={passwordRules} />
          <Button variant="primary" fullWidth loading={busy} disabled={!password.password || !password.again}>
            Set new password
          </Button>
        </SpaceBetween>
      </form>
    </PublicPage>
  );
}
