import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { CodeEditor } from "../parts/code_editor";
import { check, type Step, type Trial } from "./check";
import type { Diagnosis } from "./diagnosis";

export function TestConnection({ trial, missing }: { trial: Trial; missing: string | undefined }) {
  const [steps, setSteps] = useState<Step[]>();
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState(false);
  const test = async () => {
    setAsked(true);
    if (missing) return;
    setBusy(true);
    await check(trial, setSteps);
    setBusy(false);
  };
  const failed = steps?.some((s) => s.state === "error");
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Does what a connector does first, from this browser, with the credentials, region and table above."
          actions={
            <Button variant="primary" loading={busy} onClick={() => void test()}>
              Test connection
            </Button>
          }
        >
          Test connection
        </Header>
      }
    >
      <div aria-live="polite">
        <SpaceBetween size="m">
          {asked && missing && <Alert type="warning">{missing}</Alert>}
          {steps && !busy && !failed && (
            <Alert type="success" header="The connection works">
              Other clients with the same settings can do the same.
            </Alert>
          )}
          {steps?.map((s) => <Shown key={s.action} step={s} />) ?? (
            <Box color="text-body-secondary">Nothing was tested yet.</Box>
          )}
        </SpaceBetween>
      </div>
    </Container>
  );
}

const looks: Record<Step["state"], [StatusIndicatorProps.Type, string]> = {
  pending: ["pending", "Waiting"],
  running: ["loading", "Running"],
  success: ["success", "OK"],
  error: ["error", "Failed"],
  stopped: ["stopped", "Not tried"],
};

function Shown({ step }: { step: Step }) {
  const [type, word] = looks[step.state];
  return (
    <SpaceBetween size="xs">
      <div>
        <StatusIndicator type={type}>{word}</StatusIndicator> {step.description} <Box variant="code">{step.action}</Box>{" "}
        {step.milliseconds !== undefined && <Box variant="small">{step.milliseconds} ms</Box>}
      </div>
      {step.result && <Box padding={{ left: "l" }}>{step.result}</Box>}
      {step.diagnosis && <Explained diagnosis={step.diagnosis} />}
    </SpaceBetween>
  );
}

function Explained({ diagnosis }: { diagnosis: Diagnosis }) {
  return (
    <Alert type="error" header={diagnosis.title}>
      <SpaceBetween size="xs">
        <div>{diagnosis.text}</div>
        {diagnosis.statement && (
          <CodeEditor label="Policy statement" value={JSON.stringify(diagnosis.statement, null, 2)} lines={5} />
        )}
        <ExpandableSection headerText="What the server said">{diagnosis.said}</ExpandableSection>
      </SpaceBetween>
    </Alert>
  );
}
