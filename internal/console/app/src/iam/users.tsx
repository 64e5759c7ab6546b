import { paginateGetAccountAuthorizationDetails, paginateListUsers, paginateListVirtualMFADevices, type User } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { Failure } from "../parts/failure";
import { ResourceTable, type Column } from "../parts/resource_table";
import { fullTime, Time } from "../parts/time";
import { Page } from "../shell/page";
import { DeleteUser } from "./delete_user";
import { principalPage } from "./permissions";
import { age, useReport, type ReportedUser } from "./report";

interface Row extends User {
  groups?: number;
  /** Of now, unlike what is reported. */
  mfa?: boolean;
  /** From the credential report, which may be hours old, and which not everyone may see. */
  reported?: ReportedUser;
}

/** The ARNs of the users that have an MFA device. */
const useMFAUsers = () =>
  useAws(["iam", "ListVirtualMFADevices", "Assigned"], async () => {
    const pages = paginateListVirtualMFADevices({ client: iam() }, { AssignmentStatus: "Assigned" });
    return (await all(pages, (page) => page.VirtualMFADevices)).map((d) => d.User?.Arn);
  });

/** The latest use of the password, which is known, and of keys, as far as they are in the report. */
const lastActivity = (u: Row) => [u.reported?.used, u.PasswordLastUsed].filter((t) => t !== undefined).sort((a, b) => +b - +a)[0];

const activeKey = (u: Row) => u.reported?.keys.filter((k) => k.active).map((k) => k.rotated)[0];
const keyUsed = (u: Row) => u.reported?.keys.map((k) => k.used).filter((t) => t !== undefined).sort((a, b) => +b - +a)[0];
const yes = (value: boolean | undefined, text: string, otherwise: string) => (value === undefined ? "–" : value ? text : otherwise);

const columns: Column<Row>[] = [
  {
    id: "name",
    header: "User name",
    value: (u) => u.UserName,
    cell: (u) => <Link href={principalPage({ kind: "user", name: u.UserName! })}>{u.UserName}</Link>,
    isRowHeader: true,
    minWidth: 220,
  },
  { id: "path", header: "Path", value: (u) => u.Path, cell: (u) => u.Path, hidden: true },
  { id: "groups", header: "Groups", value: (u) => u.groups, cell: (u) => u.groups ?? "–" },
  {
    id: "activity",
    header: "Last activity",
    value: lastActivity,
    cell: (u) => <Time at={lastActivity(u)} as="ago" />,
  },
  {
    id: "mfa",
    header: "MFA",
    value: (u) => yes(u.mfa, "Virtual", "–"),
    cell: (u) => yes(u.mfa, "Virtual", "–"),
  },
  {
    id: "password-age",
    header: "Password age",
    value: (u) => u.reported?.passwordChanged,
    cell: (u) => age(u.reported?.passwordChanged),
  },
  {
    id: "console",
    header: "Console last sign-in",
    value: (u) => u.PasswordLastUsed,
    cell: (u) => <Time at={u.PasswordLastUsed} as="ago" />,
  },
  { id: "key-age", header: "Active key age", value: activeKey, cell: (u) => age(activeKey(u)) },
  {
    id: "key-used",
    header: "Access key last used",
    value: keyUsed,
    cell: (u) => <Time at={keyUsed(u)} as="ago" />,
    hidden: true,
  },
  {
    id: "console-access",
    header: "Console access",
    value: (u) => yes(u.reported?.password, "Enabled", "Disabled"),
    cell: (u) => yes(u.reported?.password, "Enabled", "Disabled"),
    hidden: true,
  },
  {
    id: "created",
    header: "Creation time",
    value: (u) => u.CreateDate,
    cell: (u) => <Time at={u.CreateDate} as="ago" />,
    hidden: true,
  },
  { id: "arn", header: "ARN", value: (u) => u.Arn, cell: (u) => u.Arn, hidden: true },
  { id: "id", header: "User ID", value: (u) => u.UserId, cell: (u) => u.UserId, hidden: true },
];

/** The headers are longer than what is below them. */
const wide = columns.map((c) => ({ minWidth: 100 + 5 * String(c.header).length, ...c }));

export default function Users() {
  const users = useAws(["iam", "ListUsers"], () => all(paginateListUsers({ client: iam() }, {}), (page) => page.Users));
  const details = useAws(["iam", "GetAccountAuthorizationDetails", "User"], () =>
    all(paginateGetAccountAuthorizationDetails({ client: iam() }, { Filter: ["User"] }), (page) => page.UserDetailList),
  );
  const report = useReport();
  const [deleting, setDeleting] = useState<string>();
  const mfa = useMFAUsers();
  const more = details.error ?? mfa.error ?? report.error;
  const rows = users.data?.map((u) => ({
    ...u,
    groups: details.data?.find((d) => d.Arn === u.Arn)?.GroupList?.length,
    mfa: mfa.data?.includes(u.Arn),
    reported: report.data?.users.find((r) => r.arn === u.Arn),
  }));
  return (
    <Page title="Users" breadcrumbs={[["IAM", "/console/iam"]]} heading={false}>
      <SpaceBetween size="m">
        <ResourceTable
          variant="full-page"
          description={`An IAM user is an identity with long-term credentials that is used to interact with an account.${
            report.data ? ` Ages of passwords and keys are those of the credential report of ${fullTime(report.data.generated)}.` : ""
          }`}
          name="iam.users"
          nouns={["user", "users"]}
          query={{ ...users, data: rows }}
          id={(u) => u.UserName!}
          columns={wide}
          selection="single"
          emptyAction={<Button href="/console/iam/create-user">Create user</Button>}
          actions={([user]) => (
            <Actions>
              <Button disabled={!user} onClick={() => setDeleting(user!.UserName)}>
                Delete
              </Button>
              <Button variant="primary" href="/console/iam/create-user">
                Create user
              </Button>
            </Actions>
          )}
        />
        {users.data && more && <Failure error={more} />}
      </SpaceBetween>
      {deleting && <DeleteUser name={deleting} onClose={() => setDeleting(undefined)} />}
    </Page>
  );
}
