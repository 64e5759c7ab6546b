import { GetPolicyVersionCommand, paginateListPolicyVersions } from "@aws-sdk/client-iam";
import { iam } from "../../aws/iam";
import { all, useAws } from "../../aws/query";
import { prettyText } from "./document";

/** The document of a version, as people read it. */
export const useVersion = (PolicyArn: string, VersionId: string | undefined) =>
  useAws(
    ["iam", "GetPolicyVersion", PolicyArn, VersionId],
    async () => {
      const { PolicyVersion } = await iam().send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
      return prettyText(decodeURIComponent(PolicyVersion!.Document!));
    },
    { enabled: VersionId !== undefined },
  );

export const useVersions = (PolicyArn: string) =>
  useAws(["iam", "ListPolicyVersions", PolicyArn], () =>
    all(paginateListPolicyVersions({ client: iam() }, { PolicyArn }), (p) => p.Versions),
  );

/** How many versions a policy can have ("IAM and AWS STS quotas", IAM User Guide). */
export const maxVersions = 5;
