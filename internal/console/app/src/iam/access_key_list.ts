import { GetAccessKeyLastUsedCommand, ListUserTagsCommand, paginateListAccessKeys, type AccessKeyLastUsed, type AccessKeyMetadata } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";

export interface AccessKeyRow extends AccessKeyMetadata {
  lastUsed?: AccessKeyLastUsed;
  /** As AWS's console keeps it: the value of a tag of the user whose key is the id of the access key. */
  description?: string;
}

/** The access keys of a user. What else is known of them is left out for those who may not see it. */
export const useAccessKeys = (UserName: string) =>
  useAws(["iam", "ListAccessKeys", UserName], async (): Promise<AccessKeyRow[]> => {
    const client = iam();
    const keys = await all(paginateListAccessKeys({ client }, { UserName }), (p) => p.AccessKeyMetadata);
    const tags = keys.length ? await client.send(new ListUserTagsCommand({ UserName })).catch(() => undefined) : undefined;
    return Promise.all(
      keys.map(async (key) => {
        const used = await client
          .send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.AccessKeyId }))
          .catch(() => undefined);
        return {
          ...key,
          lastUsed: used?.AccessKeyLastUsed,
          description: tags?.Tags?.find((t) => t.Key === key.AccessKeyId)?.Value,
        };
      }),
    );
  });
