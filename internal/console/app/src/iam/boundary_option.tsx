import Checkbox from "@cloudscape-design/components/checkbox";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { PolicyPicker } from "../parts/policy_picker";

interface BoundaryOptionProps {
  /** An ARN. */
  boundary: string | undefined;
  onChange: (arn: string | undefined) => void;
}

/** The permissions boundary that a new user or role may get. */
export function BoundaryOption({ boundary, onChange }: BoundaryOptionProps) {
  const [used, setUsed] = useState(boundary !== undefined);
  return (
    <ExpandableSection variant="container" headerText="Set permissions boundary - optional" defaultExpanded={used}>
      <SpaceBetween size="m">
        <Checkbox
          checked={used}
          description="Set a permissions boundary to control the maximum permissions. Use this advanced feature to delegate permission management to others."
          onChange={({ detail }) => {
            setUsed(detail.checked);
            if (!detail.checked) onChange(undefined);
          }}
        >
          Use a permissions boundary to control the maximum permissions
        </Checkbox>
        {used && (
          <PolicyPicker
            single
            title="Permissions boundary"
            selected={boundary ? [boundary] : []}
            onChange={([arn]) => onChange(arn)}
          />
        )}
      </SpaceBetween>
    </ExpandableSection>
  );
}
