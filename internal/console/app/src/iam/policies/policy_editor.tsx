// The one way to write a policy of an identity: by choosing, or as JSON. The text is what both show.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import { useState } from "react";
import { read, type Visual } from "./document";
import { JSONEditor } from "./json_editor";
import { VisualEditor } from "./visual_editor";

interface PolicyEditorProps {
  document: string;
  onChange: (document: string) => void;
}

export function PolicyEditor({ document, onChange }: PolicyEditorProps) {
  const [editor, setEditor] = useState<"visual" | "json">(() => ("visual" in visualOf(document) ? "visual" : "json"));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Add permissions by selecting services, actions, resources, and conditions. Build permission statements using the visual or the JSON editor."
          actions={
            <SegmentedControl
              label="Policy editor"
              selectedId={editor}
              options={[
                { id: "visual", text: "Visual" },
                { id: "json", text: "JSON" },
              ]}
              onChange={({ detail }) => setEditor(detail.selectedId as "visual" | "json")}
            />
          }
        >
          Policy editor
        </Header>
      }
    >
      {editor === "json" ? (
        <JSONEditor label="Policy document" purpose="identity" value={document} onChange={onChange} />
      ) : (
        <Choices document={document} onChange={onChange} />
      )}
    </Container>
  );
}

function Choices({ document, onChange }: PolicyEditorProps) {
  // While this editor is open it is the only one that changes the text, so that what is half chosen, which no text can say, stays.
  const [shown] = useState(() => visualOf(document));
  if ("visual" in shown) return <VisualEditor initial={shown.visual} document={document} onChange={onChange} />;
  return (
    <Alert type="warning" header="The visual editor can't show this policy">
      {shown.problem} Change it in the JSON editor.
    </Alert>
  );
}

function visualOf(document: string): { visual: Visual } | { problem: string } {
  try {
    return { visual: read(document) };
  } catch (e) {
    return { problem: (e as Error).message };
  }
}
