import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { ReactNode } from "react";
import { summaryOf, type SummaryRow } from "./summary";

interface SummaryTableProps {
  document: string;
  actions?: ReactNode;
}

/** The permissions that a policy document defines. */
export function SummaryTable({ document, actions }: SummaryTableProps) {
  let rows: SummaryRow[];
  try {
    rows = summaryOf(document);
  } catch (e) {
    return (
      <Alert type="info" header="There is no summary of this policy" action={actions}>
        {(e as Error).message}
      </Alert>
    );
  }
  return (
    <Table
      items={rows}
      ariaLabels={{ tableLabel: "Permissions defined in this policy" }}
      header={
        <Header
          variant="h2"
          description="Permissions defined in this policy document specify which actions are allowed or denied."
          actions={actions}
        >
          Permissions defined in this policy
        </Header>
      }
      wrapLines
      empty={<Box>The policy has no permissions.</Box>}
      columnDefinitions={[
        { id: "service", header: "Service", cell: (r) => r.service, isRowHeader: true },
        {
          id: "effect",
          header: "Effect",
          minWidth: 110,
          cell: (r) => <StatusIndicator type={r.effect === "Allow" ? "success" : "stopped"}>{r.effect}</StatusIndicator>,
        },
        { id: "access", header: "Access level", cell: (r) => r.access },
        { id: "resource", header: "Resource", cell: (r) => <span className="breaks">{r.resource}</span> },
        { id: "condition", header: "Request condition", cell: (r) => <span className="breaks">{r.condition}</span> },
      ]}
    />
  );
}
