import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import { useState } from "react";

/** A secret that is covered until somebody wants to see it; it can be copied without that. */
export function Secret({ name, text }: { name: string; text: string }) {
  const [shown, setShown] = useState(false);
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={`Copy ${name}`}
        copySuccessText="Copied"
        copyErrorText="It could not be copied"
      />
      <code className="breaks">{shown ? text : "•".repeat(12)}</code>
      <Button variant="inline-link" formAction="none" ariaLabel={`${shown ? "Hide" : "Show"} ${name}`} onClick={() => setShown(!shown)}>
        {shown ? "Hide" : "Show"}
      </Button>
    </SpaceBetween>
  );
}
