// Managed policies: which there are, and what they are called.
import { paginateListPolicies, type Policy } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";
import { all, useAws } from "../aws/query";

export type { Policy };

/** All managed policies of the account and of AWS. */
export const usePolicies = () =>
  useAws(["iam", "ListPolicies"], () => all(paginateListPolicies({ client: iam() }, {}), (p) => p.Policies));

export type PolicyType = "AWS managed" | "AWS managed - job function" | "Customer managed" | "Customer inline";

/** The type as AWS's console names it, from the ARN: arn:aws:iam::aws:policy/job-function/ViewOnlyAccess. */
export function policyType(arn: string | undefined): PolicyType {
  if (!arn) return "Customer inline";
  if (!arn.startsWith("arn:aws:iam::aws:")) return "Customer managed";
  return arn.includes(":policy/job-function/") ? "AWS managed - job function" : "AWS managed";
}

export const policyNameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

/** The page of a managed policy. */
export const policyPage = (arn: string) => `/console/iam/policies/${encodeURIComponent(arn)}`;
