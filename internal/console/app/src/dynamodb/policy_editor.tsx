// A resource-based policy: JSON with what IAM Access Analyzer says of it.
import { ValidatePolicyCommand, type ValidatePolicyFinding } from "@aws-sdk/client-accessanalyzer";
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { accessAnalyzer } from "../aws/accessanalyzer";
import { explain } from "../aws/errors";
import { CodeEditor, type Diagnostic } from "../parts/code_editor";

interface PolicyEditorProps {
  value: string;
  onChange: (text: string) => void;
}

export function PolicyEditor({ value, onChange }: PolicyEditorProps) {
  const [failure, setFailure] = useState<string>();
  const [findings, setFindings] = useState<ValidatePolicyFinding[]>([]);
  const validate = async (text: string): Promise<Diagnostic[]> => {
    let found: ValidatePolicyFinding[] = [];
    try {
      if (isJSON(text)) found = await check(text);
      setFailure(undefined);
    } catch (e) {
      // Somebody who may not validate may still write policies: the server checks them again.
      setFailure(explain(e).title);
    }
    setFindings(found);
    return found.flatMap((f) => diagnostics(f, text));
  };
  return (
    <SpaceBetween size="s">
      <CodeEditor label="Resource-based policy" lines={16} value={value} onChange={onChange} validate={validate} />
      {failure && <Alert type="info">The policy was not validated: {failure}.</Alert>}
      {findings.length > 0 && (
        <Alert type={findings.some((f) => f.findingType === "ERROR") ? "error" : "warning"} header="Findings of the validation">
          <ul>
            {findings.map((f, i) => (
              <li key={i}>
                {place(f)}
                {f.findingDetails}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </SpaceBetween>
  );
}

async function check(policyDocument: string): Promise<ValidatePolicyFinding[]> {
  const { findings } = await accessAnalyzer().send(
    new ValidatePolicyCommand({
      policyDocument,
      policyType: "RESOURCE_POLICY",
      validatePolicyResourceType: "AWS::DynamoDB::Table",
    }),
  );
  return findings ?? [];
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // the editor says so itself
  }
}

const severities: Record<string, Diagnostic["severity"]> = { ERROR: "error", SECURITY_WARNING: "warning", WARNING: "warning" };

function diagnostics(f: ValidatePolicyFinding, text: string): Diagnostic[] {
  return (f.locations ?? []).map(({ span }) => {
    const from = Math.min(span?.start?.offset ?? 0, text.length);
    const to = Math.min(Math.max(span?.end?.offset ?? from, from), text.length);
    return { from, to, severity: severities[f.findingType!] ?? "info", message: f.findingDetails ?? "" };
  });
}

function place(f: ValidatePolicyFinding): string {
  const line = f.locations?.[0]?.span?.start?.line;
  return line ? `Line ${line}: ` : "";
}
