import Box from "@cloudscape-design/components/box";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { Copy } from "../parts/copy";

/** An ARN below other values: it is too long to be beside them. */
export function ArnRow({ label, arn }: { label: string; arn: string }) {
  return (
    <Box margin={{ top: "m" }}>
      <KeyValuePairs items={[{ label, value: <Copy text={arn} /> }]} />
    </Box>
  );
}
