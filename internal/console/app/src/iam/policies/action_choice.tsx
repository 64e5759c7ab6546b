import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useState } from "react";
import type { Permission } from "./document";
import { actionsLike, levels, serviceOf, type Level, type Service } from "./services";

interface ActionChoiceProps {
  permission: Permission;
  service: string;
  onChange: (changed: Partial<Permission>) => void;
}

/** The actions of a permission: by access level, or by names with wildcards. */
export function ActionChoice({ permission, service: prefix, onChange }: ActionChoiceProps) {
  const service = serviceOf(prefix);
  const [filter, setFilter] = useState("");
  const { actions } = permission;
  const known = new Set(service?.actions.map((a) => a.name));
  // Those with wildcards, and those that the table does not have.
  const patterns = actions.filter((a) => !known.has(a));
  const set = (actions: string[]) => onChange({ actions: [...new Set(actions)] });
  return (
    <SpaceBetween size="s">
      <Box variant="h3">
        {permission.exceptActions ? "Actions excepted" : `Actions ${permission.effect === "Allow" ? "allowed" : "denied"}`}
      </Box>
      {permission.exceptActions && (
        <Alert
          type="info"
          header="Except"
          action={<Button onClick={() => onChange({ exceptActions: false })}>Switch to these actions</Button>}
        >
          The permission {permission.effect === "Allow" ? "allows" : "denies"} all actions of all services but those chosen here (NotAction).
        </Alert>
      )}
      <Checkbox checked={actions.includes("*")} onChange={({ detail }) => set(detail.checked ? ["*"] : [])}>
        All {service?.name ?? prefix} actions ({prefix}:*)
      </Checkbox>
      {service && !actions.includes("*") && (
        <>
          <Input
            type="search"
            value={filter}
            placeholder="Filter actions"
            ariaLabel="Filter actions"
            onChange={({ detail }) => setFilter(detail.value)}
          />
          <Box variant="awsui-key-label">Access level</Box>
          {levels.map((level) => (
            <LevelChoice key={level} service={service} level={level} filter={filter} actions={actions} onChange={set} />
          ))}
        </>
      )}
      <Patterns prefix={prefix} patterns={patterns.filter((a) => a !== "*")} actions={actions} onChange={set} />
    </SpaceBetween>
  );
}

interface LevelChoiceProps {
  service: Service;
  level: Level;
  filter: string;
  actions: string[];
  onChange: (actions: string[]) => void;
}

function LevelChoice({ service, level, filter, actions, onChange }: LevelChoiceProps) {
  const [open, setOpen] = useState(false);
  const all = service.actions.filter((a) => a.level === level);
  const shown = all.filter((a) => a.name.toLowerCase().includes(filter.trim().toLowerCase()));
  if (!shown.length) return null;
  const covered = new Set(actions.filter((a) => /[*?]/.test(a)).flatMap((p) => actionsLike(service, p)));
  const chosen = all.filter((a) => actions.includes(a.name) || covered.has(a));
  const names = new Set(all.map((a) => a.name));
  const others = actions.filter((a) => !names.has(a));
  return (
    <ExpandableSection
      expanded={open || filter !== ""}
      onChange={({ detail }) => setOpen(detail.expanded)}
      headerText={`${level} (${chosen.length ? `Selected ${chosen.length}/${all.length}` : all.length})`}
    >
      <SpaceBetween size="xs">
        <Checkbox
          checked={chosen.length === all.length}
          indeterminate={chosen.length > 0 && chosen.length < all.length}
          onChange={({ detail }) => onChange(detail.checked ? [...actions, ...names] : others)}
        >
          All {level.toLowerCase()} actions
        </Checkbox>
        <ColumnLayout columns={3}>
          {shown.map((a) => (
            <Checkbox
              key={a.name}
              checked={chosen.includes(a)}
              disabled={covered.has(a)}
              onChange={({ detail }) => onChange(detail.checked ? [...actions, a.name] : actions.filter((n) => n !== a.name))}
            >
              {a.name}
            </Checkbox>
          ))}
        </ColumnLayout>
      </SpaceBetween>
    </ExpandableSection>
  );
}

interface PatternsProps {
  prefix: string;
  patterns: string[];
  actions: string[];
  onChange: (actions: string[]) => void;
}

function Patterns({ prefix, patterns, actions, onChange }: PatternsProps) {
  const [pattern, setPattern] = useState("");
  const add = () => {
    const name = pattern.trim().replace(new RegExp(`^${prefix}:`, "i"), "");
    if (name) onChange([...actions, name]);
    setPattern("");
  };
  return (
    <ExpandableSection headerText="Specify actions by name" defaultExpanded={patterns.length > 0}>
      <SpaceBetween size="xs">
        <FormField
          label="Action name"
          description="Wildcards are allowed: Get* means all actions whose names begin so."
          secondaryControl={<Button onClick={add}>Add action</Button>}
        >
          <Input
            value={pattern}
            placeholder={`${prefix}:Get*`}
            onChange={({ detail }) => setPattern(detail.value)}
            onKeyDown={({ detail }) => detail.key === "Enter" && add()}
          />
        </FormField>
        {patterns.length > 0 && (
          <TokenGroup
            items={patterns.map((p) => ({ label: `${prefix}:${p}`, dismissLabel: `Remove ${prefix}:${p}` }))}
            onDismiss={({ detail }) => onChange(actions.filter((a) => a !== patterns[detail.itemIndex]))}
          />
        )}
      </SpaceBetween>
    </ExpandableSection>
  );
}
