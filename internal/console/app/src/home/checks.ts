import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetAccountSummaryCommand, ListAccessKeysCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { dynamodb } from "../aws/dynamodb";
import { iam } from "../aws/iam";
import { useAws } from "../aws/query";
import { usePrincipal } from "../session/session";

/** Whether something is so, as far as it is known. */
export interface Answer {
  data: boolean | undefined;
  error: Error | null;
}

/** How many users are asked for their keys before it is taken that nobody has one. */
const asked = 10;

export const useSummary = (enabled: boolean) =>
  useAws(
    ["iam", "GetAccountSummary", "home"],
    async () => {
      const { SummaryMap } = await iam().send(new GetAccountSummaryCommand());
      return { rootHasMFA: (SummaryMap?.AccountMFAEnabled ?? 0) > 0, users: SummaryMap?.Users ?? 0 };
    },
    { enabled },
  );

/** Whether this user has an access key; for a principal that is no user, whether one of the first users has. */
export function useHasAccessKey(enabled: boolean): Answer {
  const { PrincipalType } = usePrincipal();
  return useAws(
    ["iam", "ListAccessKeys", "home"],
    async () => {
      if (PrincipalType === "IAMUser") return hasKey();
      const { Users } = await iam().send(new ListUsersCommand({ MaxItems: asked }));
      for (const { UserName } of Users ?? []) if (await hasKey(UserName)) return true;
      return false;
    },
    { enabled },
  );
}

async function hasKey(user?: string): Promise<boolean> {
  const { AccessKeyMetadata } = await iam().send(new ListAccessKeysCommand({ UserName: user }));
  return (AccessKeyMetadata ?? []).length > 0;
}

export const useHasTable = (): Answer =>
  useAws(["dynamodb", "ListTables", "home"], async () => {
    const { TableNames } = await dynamodb().send(new ListTablesCommand({ Limit: 1 }));
    return (TableNames ?? []).length > 0;
  });
