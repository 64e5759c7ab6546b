import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useId } from "react";
import { Actions } from "../../parts/actions";
import { ActionChoice } from "./action_choice";
import { ConditionFields } from "./condition_fields";
import type { Permission } from "./document";
import { ResourceChoice } from "./resource_choice";
import { serviceName, services } from "./services";
import { allBut } from "./summary";

interface PermissionBlockProps {
  permission: Permission;
  onChange: (permission: Permission) => void;
  onDuplicate: () => void;
  /** Without it the permission is the only one. */
  onRemove: (() => void) | undefined;
}

/** One permission of the visual editor: a service, its actions, the resources and the conditions. */
export function PermissionBlock({ permission: p, onChange, onDuplicate, onRemove }: PermissionBlockProps) {
  const title = titleOf(p);
  const set = (changed: Partial<Permission>) => onChange({ ...p, ...changed });
  return (
    <ExpandableSection
      variant="container"
      defaultExpanded
      headerText={title}
      headerDescription={p.service && summary(p)}
      headerActions={
        <Actions>
          <Button ariaLabel={`Duplicate ${title}`} onClick={onDuplicate}>
            Duplicate
          </Button>
          {onRemove && (
            <Button ariaLabel={`Remove ${title}`} onClick={onRemove}>
              Remove
            </Button>
          )}
        </Actions>
      }
    >
      {p.service === undefined ? (
        <ServiceChoice onChange={(service) => set(service === "*" ? { service, actions: ["*"], resources: ["*"] } : { service })} />
      ) : (
        <SpaceBetween size="l">
          <EffectChoice effect={p.effect} onChange={(effect) => set({ effect })} />
          {p.service !== "*" && <ActionChoice permission={p} service={p.service} onChange={set} />}
          <ResourceChoice permission={p} service={p.service} onChange={set} />
          <ConditionFields service={p.service} conditions={p.conditions} onChange={(conditions) => set({ conditions })} />
        </SpaceBetween>
      )}
    </ExpandableSection>
  );
}

/** What a permission is about. One that names what is not meant is about all other services, too. */
function titleOf(p: Permission): string {
  if (!p.service) return "Select a service";
  return p.exceptActions ? allOf(p).service : serviceName(p.service);
}

const allOf = (p: Permission) => allBut(p.service === "*" ? ["*"] : p.actions.map((a) => `${p.service}:${a}`));

function summary(p: Permission): string {
  if (p.exceptActions) return `${p.effect}: ${allOf(p).access}`;
  const count = p.actions.includes("*") ? "All actions" : `${p.actions.length} action${p.actions.length === 1 ? "" : "s"}`;
  return `${p.effect} ${count}`;
}

function ServiceChoice({ onChange }: { onChange: (service: string) => void }) {
  return (
    <FormField label="Service" description="Specify what actions can be performed on specific resources in a service.">
      <Select
        selectedOption={null}
        placeholder="Choose a service"
        filteringType="auto"
        filteringPlaceholder="Filter services"
        filteringAriaLabel="Filter services"
        options={[
          ...services.map((s) => ({ value: s.prefix, label: s.name, tags: [s.prefix] })),
          { value: "*", label: "All services", description: "Every action of every service" },
        ]}
        onChange={({ detail }) => onChange(detail.selectedOption.value!)}
      />
    </FormField>
  );
}

function EffectChoice({ effect, onChange }: { effect: Permission["effect"]; onChange: (effect: Permission["effect"]) => void }) {
  const label = useId();
  return (
    <div>
      <Box variant="awsui-key-label" id={label}>
        Effect
      </Box>
      <SegmentedControl
        ariaLabelledby={label}
        selectedId={effect}
        options={[
          { id: "Allow", text: "Allow" },
          { id: "Deny", text: "Deny" },
        ]}
        onChange={({ detail }) => onChange(detail.selectedId as Permission["effect"])}
      />
    </div>
  );
}
