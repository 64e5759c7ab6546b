// What a policy gives, in a few rows: the policy summary of AWS's console ("Policy summary (list of services)", IAM User Guide).
import { permissionsOf, statementsOf, type Permission, type Statement } from "./document";
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
  statementsOf(document).flatMap((s, i) =>
    s.exceptActions
      ? { ...rest(s), ...allBut(s.actions) }
      : permissionsOf(s, `Statement ${i + 1}`).map((p) => ({
          ...rest(p),
          service: p.service === undefined ? "–" : serviceName(p.service),
          access: access(p),
        })),
  );

const rest = (s: Statement) => ({
  effect: s.effect,
  resource: resource(s),
  condition: s.conditions.map((c) => `${c.key} | ${c.operator} | ${c.values.join(", ")}`).join("; ") || "None",
});

/** What is left when some actions are not meant ("IAM JSON policy elements: NotAction"): those of all other services, too. */
export function allBut(actions: string[]): { service: string; access: string } {
  if (actions.includes("*")) return { service: "All services", access: "None" };
  const whole = actions.filter((a) => /^[^*?:]+:\*$/.test(a)).map((a) => serviceName(a.slice(0, -2)));
  const some = actions.filter((a) => !/^[^*?:]+:\*$/.test(a));
  return {
    service: whole.length ? `All services except ${whole.join(", ")}` : "All services",
    access: some.length ? `All actions except ${some.join(", ")}` : "Full access",
  };
}

function access({ service: prefix, actions }: Permission): string {
  if (!actions.length) return "None";
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

function resource({ resources, exceptResources }: Statement): string {
  if (exceptResources) return resources.includes("*") ? "None" : `All resources except ${resources.join(", ")}`;
  if (resources.includes("*")) return "All resources";
  return resources.length > 1 ? "Multiple" : (resources[0] ?? "None");
}
