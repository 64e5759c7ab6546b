import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";
import { ARNBuilder } from "./arn_builder";
import type { Permission } from "./document";
import { actionsLike, serviceOf } from "./services";

interface ResourceChoiceProps {
  permission: Permission;
  service: string;
  onChange: (changed: Partial<Permission>) => void;
}

/** The resources of a permission: all, or those with some ARNs. */
export function ResourceChoice({ permission, service: prefix, onChange }: ResourceChoiceProps) {
  const service = serviceOf(prefix);
  const { resources } = permission;
  const all = resources.length === 1 && resources[0] === "*";
  const [specific, setSpecific] = useState(!all);
  const [adding, setAdding] = useState<string>();
  // Which actions are left, of all services, is not known where some are excepted.
  const chosen = service && !permission.exceptActions ? permission.actions.flatMap((a) => actionsLike(service, a)) : [];
  const types = [...new Set(chosen.flatMap((a) => a.resources))];
  const unlimited = chosen.filter((a) => !a.resources.length).map((a) => a.name);
  return (
    <SpaceBetween size="s">
      <Box variant="h3">Resources</Box>
      {permission.exceptResources && (
        <Alert
          type="info"
          header="Except"
          action={<Button onClick={() => onChange({ exceptResources: false })}>Switch to these resources</Button>}
        >
          The permission is about all resources but those below (NotResource).
        </Alert>
      )}
      <RadioGroup
        ariaLabel="Resources"
        value={specific ? "specific" : "all"}
        items={[
          { value: "all", label: "All", description: "Any resource of the account" },
          { value: "specific", label: "Specific", description: "Only resources with certain ARNs, as is best practice" },
        ]}
        onChange={({ detail }) => {
          setSpecific(detail.value === "specific");
          onChange({ resources: detail.value === "all" ? ["*"] : [] });
        }}
      />
      {specific && (
        <SpaceBetween size="s">
          {unlimited.length > 0 && types.length > 0 && (
            <Alert type="info">
              {unlimited.join(", ")} can&apos;t be limited to resources: {unlimited.length === 1 ? "it needs" : "they need"} a permission
              of {unlimited.length === 1 ? "its" : "their"} own with all resources.
            </Alert>
          )}
          {chosen.length > 0 && !types.length && (
            <Alert type="warning">None of the actions can be limited to resources. Choose all resources.</Alert>
          )}
          <TokenGroup
            items={resources.map((arn) => ({ label: arn, dismissLabel: `Remove ${arn}` }))}
            onDismiss={({ detail }) => onChange({ resources: resources.filter((_, i) => i !== detail.itemIndex) })}
          />
          <ButtonDropdown
            items={[
              ...types.map((type) => ({ id: type, text: type, description: service?.resources[type] })),
              { id: "", text: "Any ARN" },
            ]}
            onItemClick={({ detail }) => setAdding(detail.id)}
          >
            Add ARNs
          </ButtonDropdown>
        </SpaceBetween>
      )}
      {adding !== undefined && (
        <ARNBuilder
          type={adding}
          format={service?.resources[adding] ?? ""}
          onAdd={(arn) => onChange({ resources: [...new Set([...resources, arn])] })}
          onClose={() => setAdding(undefined)}
        />
      )}
    </SpaceBetween>
  );
}
