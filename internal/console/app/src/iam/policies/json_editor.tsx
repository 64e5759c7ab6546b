// A policy document as text, with what IAM Access Analyzer finds in it.
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { CodeEditor } from "../../parts/code_editor";
import { diagnostics, findingsOf, useFindings, type Place, type Purpose } from "./findings";
import { FindingsPanel } from "./findings_panel";

interface JSONEditorProps {
  label: string;
  purpose: Purpose;
  value: string;
  onChange: (text: string) => void;
}

export function JSONEditor({ label, purpose, value, onChange }: JSONEditorProps) {
  const findings = useFindings(value, purpose);
  const [cursor, setCursor] = useState<Place>();
  return (
    <SpaceBetween size="m">
      <CodeEditor
        label={label}
        value={value}
        onChange={onChange}
        // The panel says it if they can't be asked for.
        validate={(text) => findingsOf(text, purpose).then((found) => diagnostics(text, found), () => [])}
        cursor={cursor}
        lines={18}
      />
      <FindingsPanel query={findings} onPlace={(place) => setCursor({ ...place })} />
    </SpaceBetween>
  );
}
