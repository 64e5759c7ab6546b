import { paginateListAccessKeys } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ReactNode } from "react";
import { isDenied } from "../aws/errors";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";
import { Failure } from "../parts/failure";
import { usePrincipal } from "../session/session";
import { useAccountSummary } from "./account_settings";
import { useMFADevices } from "./mfa_devices";
import { isMissing, usePasswordPolicy } from "./passwords";
import { principalPage } from "./permissions";
import { days, loadReport, oldAfterDays, type ReportedKey, type ReportedUser } from "./report";

interface Advice {
  good: boolean;
  text: ReactNode;
  why?: ReactNode;
  action?: [text: string, href: string];
}

interface Query<T> {
  data: T | undefined;
  error: Error | null;
  refetch: () => unknown;
}

const credentials = "/console/iam/security-credentials";

/** What AWS's dashboard looks after, and what to do about it. Who may not see something reads why. */
export function Recommendations() {
  const { PrincipalType, Name } = usePrincipal();
  const root = PrincipalType === "Root";
  const summary = useAccountSummary();
  const policy = usePasswordPolicy();
  const keys = useOldKeys();
  return (
    <Container header={<Header variant="h2">Security recommendations</Header>}>
      <ul className="plain">
        <Item query={summary}>
          {(s) =>
            s.AccountMFAEnabled
              ? { good: true, text: "Root user has MFA", why: "Having multi-factor authentication (MFA) for the root user improves security for this account." }
              : {
                  good: false,
                  text: "Add MFA for root user",
                  why: root
                    ? "Enable multi-factor authentication (MFA) for the root user to improve security for this account."
                    : "Sign in as the root user and register multi-factor authentication (MFA) to improve security for this account.",
                  action: root ? ["Add MFA", credentials] : undefined,
                }
          }
        </Item>
        <Item query={summary}>
          {(s) =>
            s.AccountAccessKeysPresent
              ? { good: false, text: "Root user has active access keys", why: "Use access keys of an IAM user or a role instead." }
              : {
                  good: true,
                  text: "Root user has no active access keys",
                  why: "Using access keys attached to an IAM user instead of the root user improves security.",
                }
          }
        </Item>
        {PrincipalType === "IAMUser" && <OwnMFA user={Name} />}
        <Item query={keys}>{keysAdvice}</Item>
        <Item query={policy}>
          {(p) =>
            p
              ? { good: true, text: "This account has a password policy of its own" }
              : {
                  good: false,
                  text: "Set a password policy",
                  why: "This account uses the default: 8 characters. A policy of your own can ask for longer passwords, and new ones from time to time.",
                  action: ["Edit password policy", "/console/iam/account-settings/edit-password-policy"],
                }
          }
        </Item>
      </ul>
    </Container>
  );
}

function OwnMFA({ user }: { user: string }) {
  const devices = useMFADevices(user);
  const why = "for your user improves security for this account.";
  return (
    <Item query={devices}>
      {(d) =>
        d.length
          ? { good: true, text: "You have MFA", why: `Having multi-factor authentication (MFA) ${why}` }
          : {
              good: false,
              text: "Add MFA for yourself",
              why: `Enabling multi-factor authentication (MFA) ${why}`,
              action: ["Add MFA", credentials],
            }
      }
    </Item>
  );
}

/** The users with keys to rotate or deactivate. The report may be hours old: what was done about it since is looked up. */
const useOldKeys = () =>
  useAws(["iam", "OldKeys"], async () => {
    const { users } = await loadReport();
    // A key that was never used is unused since it was made.
    const isOld = (k: ReportedKey) => k.active && [k.rotated, k.used ?? k.rotated].some((t) => (days(t) ?? 0) > oldAfterDays);
    const still = await Promise.all(
      users
        .filter((u) => u.keys.some(isOld))
        .map(async (u) => {
          const now = await all(paginateListAccessKeys({ client: iam() }, { UserName: u.name }), (p) => p.AccessKeyMetadata).catch(
            (e: unknown) => (isMissing(e) ? [] : Promise.reject(e)),
          );
          const active = now.filter((k) => k.Status === "Active").map((k) => k.CreateDate?.getTime());
          return u.keys.some((k) => isOld(k) && active.includes(k.rotated?.getTime())) ? [u] : [];
        }),
    );
    return still.flat();
  });

function keysAdvice(bad: ReportedUser[]): Advice {
  if (!bad.length) {
    return { good: true, text: `No active access key is older, or unused for longer, than ${oldAfterDays} days` };
  }
  return {
    good: false,
    text: `Rotate or deactivate access keys that are older, or unused for longer, than ${oldAfterDays} days`,
    why: bad.map((u, i) => (
      <span key={u.name}>
        {i > 0 && ", "}
        <Link href={`${principalPage({ kind: "user", name: u.name })}?section=security_credentials`}>{u.name}</Link>
      </span>
    )),
  };
}

function Item<T>({ query, children }: { query: Query<T>; children: (data: T) => Advice }) {
  if (query.data === undefined) {
    if (query.error) return <li>{isDenied(query.error) ? <Denied error={query.error} /> : <Failure error={query.error} retry={query.refetch} />}</li>;
    return (
      <li>
        <StatusIndicator type="loading">Loading</StatusIndicator>
      </li>
    );
  }
  const { good, text, why, action } = children(query.data);
  return (
    <li className="advice">
      <div>
        <StatusIndicator type={good ? "success" : "warning"}>
          <b>{text}</b>
        </StatusIndicator>
        {why && <Box color="text-body-secondary">{why}</Box>}
      </div>
      {action && <Button href={action[1]}>{action[0]}</Button>}
    </li>
  );
}

/** Short, because a person without permissions sees one for each recommendation. */
const Denied = ({ error }: { error: Error }) => (
  <>
    <StatusIndicator type="stopped">You don&apos;t have permission to see this</StatusIndicator>
    <Box color="text-body-secondary">{error.message}</Box>
  </>
);
