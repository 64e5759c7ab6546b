import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** A text with a button that copies it; as a block, a button with a label beside a longer one. what it is, is said to who doesn't see it. */
export function Copy({ text, label = "Copy", what = "", inline = true }: { text: string; label?: string; what?: string; inline?: boolean }) {
  return (
    <CopyToClipboard
      variant={inline ? "inline" : "button"}
      textToCopy={text}
      copyButtonText={label}
      copyButtonAriaLabel={`${label} ${inline ? text : what}`.trim()}
      copySuccessText="Copied"
      copyErrorText="It could not be copied"
    />
  );
}
