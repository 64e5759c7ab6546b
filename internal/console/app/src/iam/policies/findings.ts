// What IAM Access Analyzer finds in a document while it is written.
import {
  paginateValidatePolicy,
  type ValidatePolicyCommandInput,
  type ValidatePolicyFinding,
} from "@aws-sdk/client-accessanalyzer";
import { useEffect, useState } from "react";
import { accessAnalyzer } from "../../aws/accessanalyzer";
import { all, useAws } from "../../aws/query";
import type { Diagnostic } from "../../parts/code_editor";

export type Finding = ValidatePolicyFinding;

/** What a document is: attached to an identity, or the trust policy of a role. */
export type Purpose = "identity" | "trust";

const inputs: Record<Purpose, Omit<ValidatePolicyCommandInput, "policyDocument">> = {
  identity: { policyType: "IDENTITY_POLICY" },
  trust: { policyType: "RESOURCE_POLICY", validatePolicyResourceType: "AWS::IAM::AssumeRolePolicyDocument" },
};

let last: { document: string; purpose: Purpose; findings: Promise<Finding[]> } | undefined;

/** The findings of a document. The editor and the list of findings ask for the same ones, which is one request. */
export function findingsOf(document: string, purpose: Purpose): Promise<Finding[]> {
  if (last?.document === document && last.purpose === purpose) return last.findings;
  const pages = paginateValidatePolicy({ client: accessAnalyzer() }, { ...inputs[purpose], policyDocument: document });
  const asked = { document, purpose, findings: all(pages, (p) => p.findings) };
  asked.findings.catch(() => {
    if (last === asked) last = undefined;
  });
  last = asked;
  return asked.findings;
}

/** The findings of the text, asked for when typing pauses. */
export function useFindings(text: string, purpose: Purpose) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 400);
    return () => clearTimeout(timer);
  }, [text]);
  return useAws(["access-analyzer", "ValidatePolicy", purpose, settled], () => findingsOf(settled, purpose), {
    enabled: settled.trim() !== "",
  });
}

/** The groups in which findings are shown, as AWS's console has them. */
export const kinds = [
  { type: "SECURITY_WARNING", label: "Security", indicator: "warning" },
  { type: "ERROR", label: "Errors", indicator: "error" },
  { type: "WARNING", label: "Warnings", indicator: "warning" },
  { type: "SUGGESTION", label: "Suggestions", indicator: "info" },
] as const;

export interface Place {
  /** Counted from 1. */
  line: number;
  /** Counted from 0. */
  column: number;
}

export const placeOf = (f: Finding): Place | undefined => f.locations?.[0]?.span?.start as Place | undefined;

const severities: Record<string, Diagnostic["severity"]> = { ERROR: "error", SECURITY_WARNING: "warning", WARNING: "warning" };

/** The findings at their places in the text; the editor finds faults of the grammar itself. */
export function diagnostics(text: string, findings: Finding[]): Diagnostic[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  const offset = (p: Place) => Math.min((starts[p.line - 1] ?? text.length) + p.column, text.length);
  return findings
    .filter((f) => f.issueCode !== "JSON_SYNTAX_ERROR")
    .flatMap((f) =>
      (f.locations ?? []).map(({ span }) => ({
        from: offset(span!.start as Place),
        to: offset(span!.end as Place),
        severity: severities[f.findingType!] ?? "info",
        message: f.findingDetails!,
      })),
    );
}

/** What a finding means for somebody who does not know the language of policies. */
export const meanings: Record<string, string> = {
  ALLOW_WITH_NOT_PRINCIPAL: "It allows everybody but those it names, strangers included. Name who is meant instead.",
  DATA_TYPE_MISMATCH: "This place wants a value of another type, for example a text where a list is.",
  DUPLICATE_KEYS_WITH_DIFFERENT_CASE: "The same name is there twice; only one of them counts.",
  EMPTY_ARRAY_ACTION: "The statement names no actions, so it does nothing. Choose at least one.",
  EMPTY_ARRAY_RESOURCE: "The statement names no resources, so it applies to nothing. Choose at least one, or all: *.",
  EMPTY_OBJECT_CONDITION: "The condition is empty. Fill it in, or remove it.",
  INVALID_ACTION: "The service has no action of this name: the statement would neither allow nor deny anything with it.",
  INVALID_ARN_ACCOUNT: "An account ID has 12 digits.",
  INVALID_ARN_PREFIX: "The name of a resource begins with arn:, or is * for all.",
  INVALID_CONDITION_OPERATOR: "A condition compares with one of the operators of the language, such as StringEquals or Bool.",
  INVALID_EFFECT: "A statement either allows or denies: Effect is Allow or Deny.",
  INVALID_GLOBAL_CONDITION_KEY: "There is no condition key of this name: the condition would never be met.",
  INVALID_POLICY_ELEMENT: "The language of policies has no element of this name. Names are written with capitals, as in Statement.",
  INVALID_PRINCIPAL_FORMAT: "A principal is an account ID, or the ARN of a user, a role or a session.",
  INVALID_PRINCIPAL_KEY: "A principal is given under AWS, Federated or Service.",
  INVALID_SERVICE_IN_ACTION: "The part before the colon has to be a service, as in dynamodb:GetItem.",
  INVALID_VERSION: "The version says how the document is read. Write 2012-10-17.",
  JSON_SYNTAX_ERROR: "The text is not JSON at this place: look for a missing comma, quotation mark or bracket.",
  MISSING_ACTION: "A statement has to say which actions it is about.",
  MISSING_ARN_FIELD: "An ARN has six parts with colons between them; some can be empty.",
  MISSING_EFFECT: "A statement has to say whether it allows or denies.",
  MISSING_PRINCIPAL: "A trust policy has to say who may assume the role.",
  MISSING_RESOURCE: "A statement has to say which resources it is about.",
  MISSING_STATEMENT: "A policy needs at least one statement.",
  MISSING_VERSION: "Without a version the document is read as one of 2008, which has no variables. Write 2012-10-17.",
  PASS_ROLE_WITH_STAR_IN_RESOURCE: "Whoever has this can hand any role of the account to a service, and so get all that the role may do.",
  REDUNDANT_ACTION: "Another entry, perhaps one with a wildcard, already includes it.",
  REDUNDANT_RESOURCE: "Another entry, perhaps one with a wildcard, already includes it.",
  ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE: "A trust policy is about the role that has it. Remove the Resource element.",
  ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL: "Name whom you trust: a part of an ARN can't be a wildcard.",
  UNSUPPORTED_ACTION_IN_POLICY: "The action can't be in a policy of this kind. A trust policy has sts actions only.",
  UNSUPPORTED_PRINCIPAL: "A policy that is attached to an identity is about that identity: it names no principal.",
  WILDCARD_WITHOUT_LIKE_OPERATOR: "Only StringLike and ArnLike understand * and ?; others take them as they are.",
};
