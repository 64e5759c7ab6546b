// Questions to the policy simulator, and its answers with the text of the statements that decided.
import {
  GetContextKeysForCustomPolicyCommand,
  GetContextKeysForPrincipalPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  paginateListPolicies,
  paginateSimulateCustomPolicy,
  paginateSimulatePrincipalPolicy,
  type ContextEntry,
  type EvaluationResult,
  type Statement,
} from "@aws-sdk/client-iam";
import { iam } from "../../aws/iam";
import { all } from "../../aws/query";
import { policyPage } from "../../parts/policies";
import { policiesOf, principalPage, type Principal } from "../permissions";
import { prettyText } from "../policies/document";

export interface Question {
  /** Whose policies are asked; undefined: those below alone. */
  of: (Principal & { arn: string }) | undefined;
  /** A policy that is asked as well, or alone. */
  document: string;
  actions: string[];
  resources: string[];
  context: Context[];
}

export interface Context {
  key: string;
  type: NonNullable<ContextEntry["ContextKeyType"]>;
  /** With commas between them where there are several. */
  values: string;
}

const documents = (q: Question) => (q.document.trim() ? [q.document] : undefined);

export async function simulate(q: Question): Promise<EvaluationResult[]> {
  const input = {
    ActionNames: q.actions,
    ResourceArns: q.resources.length ? q.resources : undefined,
    PolicyInputList: documents(q),
    ContextEntries: q.context
      .filter((c) => c.key && c.values)
      .map((c) => ({
        ContextKeyName: c.key,
        ContextKeyType: c.type,
        ContextKeyValues: c.type.endsWith("List") ? c.values.split(",").map((v) => v.trim()) : [c.values],
      })),
  };
  const client = iam();
  return q.of
    ? all(paginateSimulatePrincipalPolicy({ client }, { ...input, PolicySourceArn: q.of.arn }), (p) => p.EvaluationResults)
    : all(paginateSimulateCustomPolicy({ client }, { ...input, PolicyInputList: [q.document] }), (p) => p.EvaluationResults);
}

/** The condition keys that the policies read. */
export async function contextKeys({ of, document }: Pick<Question, "of" | "document">): Promise<string[]> {
  const extra = document.trim() ? [document] : [];
  if (!of && !extra.length) return [];
  const answer = of
    ? await iam().send(new GetContextKeysForPrincipalPolicyCommand({ PolicySourceArn: of.arn, PolicyInputList: extra }))
    : await iam().send(new GetContextKeysForCustomPolicyCommand({ PolicyInputList: extra }));
  return answer.ContextKeyNames ?? [];
}

export interface Match {
  policy: string;
  /** Its page; none for the policy of the question. */
  href?: string;
  /** The statement as it is in the document. */
  text: string;
}

/** The statement of a match, from the document that the answer names. */
export async function statementOf(s: Statement, document: string): Promise<Match> {
  const id = s.SourcePolicyId!;
  if (s.SourcePolicyType === "none") return { policy: "The policy of this simulation", text: cut(document, s) };
  if (s.SourcePolicyType === "user" || s.SourcePolicyType === "group" || s.SourcePolicyType === "role") {
    const kind = s.SourcePolicyType;
    // user_Ana_ReadOrders: neither name tells where it ends.
    const rest = id.slice(kind.length + 1);
    for (let at = rest.indexOf("_"); at > 0; at = rest.indexOf("_", at + 1)) {
      const holder: Principal = { kind, name: rest.slice(0, at) };
      const policy = rest.slice(at + 1);
      const text = await policiesOf(holder).getInline(policy).catch(() => undefined);
      if (text !== undefined) return { policy, href: principalPage(holder, "inline-policies", "edit", policy), text: cut(text, s) };
    }
    return { policy: id, text: "" };
  }
  const scope = s.SourcePolicyType === "aws-managed" ? "AWS" : "Local";
  const policies = await all(paginateListPolicies({ client: iam() }, { Scope: scope }), (p) => p.Policies);
  const PolicyArn = policies.find((p) => p.PolicyName === id)?.Arn;
  if (!PolicyArn) return { policy: id, text: "" };
  const { Policy } = await iam().send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await iam().send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy!.DefaultVersionId }));
  return { policy: id, href: policyPage(PolicyArn), text: cut(decodeURIComponent(PolicyVersion!.Document!), s) };
}

/** The part of a document between the positions of a match: lines and columns counted from 1. */
function cut(document: string, { StartPosition, EndPosition }: Statement): string {
  const lines = document.split("\n");
  const offset = (p: Statement["StartPosition"]) =>
    lines.slice(0, p!.Line! - 1).reduce((sum, line) => sum + line.length + 1, 0) + p!.Column! - 1;
  return prettyText(document.slice(offset(StartPosition), offset(EndPosition)));
}
