import type { EvaluationResult, Statement } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { useAws } from "../../aws/query";
import { CodeEditor } from "../../parts/code_editor";
import { Loaded } from "../../parts/loaded";
import { statementOf } from "./simulation";

interface SimulationResultsProps {
  results: EvaluationResult[];
  /** The policy of the question. */
  document: string;
}

export function SimulationResults({ results, document }: SimulationResultsProps) {
  const [shown, setShown] = useState<EvaluationResult>();
  const denied = results.filter((r) => r.EvalDecision !== "allowed").length;
  return (
    <>
      <Table
        items={results}
        ariaLabels={{ tableLabel: "Results" }}
        wrapLines
        header={
          <Header variant="h2" description={`${results.length - denied} allowed, ${denied} denied`}>
            Results
          </Header>
        }
        columnDefinitions={[
          { id: "action", header: "Action", cell: (r) => r.EvalActionName, isRowHeader: true },
          { id: "resource", header: "Resource", cell: (r) => <span className="breaks">{r.EvalResourceName}</span> },
          { id: "decision", header: "Permission", cell: (r) => <Decision result={r} /> },
          {
            id: "statements",
            header: "Matching statements",
            cell: (r) => {
              const count = r.MatchedStatements?.length ?? 0;
              if (!count) return "None";
              const text = count === 1 ? "1 matching statement" : `${count} matching statements`;
              return (
                <Button variant="inline-link" ariaLabel={`${text} for ${r.EvalActionName}`} onClick={() => setShown(r)}>
                  {text}
                </Button>
              );
            },
          },
        ]}
      />
      {shown && (
        <Modal
          visible
          size="large"
          header={`${shown.EvalActionName}: matching statements`}
          closeAriaLabel="Close"
          onDismiss={() => setShown(undefined)}
          footer={
            <Box float="right">
              <Button onClick={() => setShown(undefined)}>Close</Button>
            </Box>
          }
        >
          <SpaceBetween size="l">
            <Decision result={shown} />
            {shown.MatchedStatements?.map((s, i) => <Matched key={i} statement={s} document={document} />)}
          </SpaceBetween>
        </Modal>
      )}
    </>
  );
}

/** The decision, and why in plain words. */
function Decision({ result: r }: { result: EvaluationResult }) {
  const missing = r.MissingContextValues?.length ? `Without a value for ${r.MissingContextValues.join(", ")}.` : "";
  if (r.EvalDecision === "allowed") return <StatusIndicator>Allowed</StatusIndicator>;
  const why =
    r.EvalDecision === "explicitDeny"
      ? "Explicitly denied: a statement denies it, whatever others allow."
      : r.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false && r.MatchedStatements?.length
        ? "Implicitly denied: the permissions boundary doesn't allow it."
        : "Implicitly denied: no statement allows it.";
  return (
    <>
      <StatusIndicator type="stopped">Denied</StatusIndicator>
      <Box color="text-body-secondary">
        {why} {missing}
      </Box>
    </>
  );
}

function Matched({ statement, document }: { statement: Statement; document: string }) {
  const match = useAws(["iam", "MatchedStatement", statement, document], () => statementOf(statement, document));
  return (
    <Loaded query={match}>
      {({ policy, href, text }) => (
        <SpaceBetween size="xs">
          <Box variant="h3">{href ? <Link href={href}>{policy}</Link> : policy}</Box>
          {text ? (
            <CodeEditor label={`Statement of ${policy}`} value={text} lines={4} />
          ) : (
            <Box>The document of the policy can&apos;t be found.</Box>
          )}
        </SpaceBetween>
      )}
    </Loaded>
  );
}
