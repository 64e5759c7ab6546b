import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Actions } from "../../parts/actions";
import { CodeEditor } from "../../parts/code_editor";
import { Copy } from "../../parts/copy";
import type { Call } from "./call";
import { cli } from "./cli";
import { go } from "./go";
import { javascript } from "./javascript";
import { python } from "./python";

const languages = [
  { id: "cli", text: "AWS CLI", write: cli },
  { id: "python", text: "Python", write: python },
  { id: "javascript", text: "JavaScript", write: javascript },
  { id: "go", text: "Go", write: go },
];

/** What was just run, or is about to be, as a program. */
export function CodePanel({ call, description }: { call: Call; description: string }) {
  const [open, setOpen] = useState(false);
  const [language, setLanguage] = useState("cli");
  const code = open ? languages.find((l) => l.id === language)!.write(call) : "";
  return (
    <ExpandableSection
      variant="container"
      headerText="Code"
      headerDescription={description}
      expanded={open}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {open && (
        <SpaceBetween size="s">
          <Actions>
            <SegmentedControl
              label="Language"
              selectedId={language}
              options={languages}
              onChange={({ detail }) => setLanguage(detail.selectedId)}
            />
            <Copy text={code} inline={false} label="Copy code" />
          </Actions>
          <CodeEditor label="Generated code" language="text" value={code} />
        </SpaceBetween>
      )}
    </ExpandableSection>
  );
}
