import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";

/** Stands where a page will be whose code is being loaded. It can be seen only if that takes long. */
export function Waiting() {
  return (
    <div className="waiting" role="status">
      <Box textAlign="center" padding="xxl">
        <Spinner size="large" /> <Box variant="span">Loading</Box>
      </Box>
    </div>
  );
}
