// The one way to show that something failed.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { explain } from "../aws/errors";

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const e = explain(error);
  return (
    <Alert
      type={e.denied ? "warning" : "error"}
      header={e.title}
      action={retry && <Button onClick={() => retry()}>Try again</Button>}
    >
      <SpaceBetween size="xs">
        <div>{e.text}</div>
        {e.advice && <div>{e.advice}</div>}
        {e.details.length > 0 && (
          <ExpandableSection headerText="Details">
            <dl className="details">
              {e.details.map(([name, value]) => (
                <div key={name}>
                  <Box variant="awsui-key-label" tagOverride="dt">
                    {name}
                  </Box>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </ExpandableSection>
        )}
      </SpaceBetween>
    </Alert>
  );
}
