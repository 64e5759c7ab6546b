// What a policy gives, in a few rows: the policy summary of AWS's console ("Policy summary (list of services)", IAM User Guide).
import { read, type Permission } from "./document";
import { actionsLike, levels, serviceName, serviceOf } from "./services";

export interface SummaryRow {
  effect: Permission["effect"];
  service: string;
  /** "Full access", "Full: List Limited: Read". */
  access: string;
  resource: string;
  condition: string;
}

/** The rows of a document; it throws where the document can't be read. */
export const summaryOf = (document: string): SummaryRow[] =>
  read(document).permissions.map((p) => ({
    effect: p.effect,
    service: p.service === undefined ? "–" : serviceName(p.service),
    access: access(p),
    resource: resource(p),
    condition: p.conditions.map((c) => `${c.key} | ${c.operator} | ${c.values.join(", ")}`).join("; ") || "None",
  }));

function access({ service: prefix, actions, exceptActions }: Permission): string {
  if (!actions.length) return "None";
  if (exceptActions) return `All but ${actions.join(", ")}`;
  if (actions.includes("*")) return "Full access";
  const service = serviceOf(prefix!);
  const named = new Set(service && actions.flatMap((a) => actionsLike(service, a)));
  if (!service || !named.size) return actions.join(", ");
  const of = (full: boolean) =>
    levels.filter((level) => {
      const all = service.actions.filter((a) => a.level === level);
      const some = all.filter((a) => named.has(a));
      return some.length > 0 && (some.length === all.length) === full;
    });
  const full = of(true);
  const limited = of(false);
  return [full.length && `Full: ${full.join(", ")}`, limited.length && `Limited: ${limited.join(", ")}`].filter(Boolean).join(" ");
}

function resource({ resources, exceptResources }: Permission): string {
  if (exceptResources) return `All but ${resources.join(", ")}`;
  if (resources.includes("*")) return "All resources";
  return resources.length > 1 ? "Multiple" : (resources[0] ?? "None");
}
