import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { newPermission, write, type Permission, type Visual } from "./document";
import { useFindings } from "./findings";
import { FindingsPanel } from "./findings_panel";
import { PermissionBlock } from "./permission_block";

interface VisualEditorProps {
  initial: Visual;
  document: string;
  onChange: (document: string) => void;
}

interface Block {
  /** Tells it from the others while it is changed and moved. */
  id: number;
  permission: Permission;
}

export function VisualEditor({ initial, document, onChange }: VisualEditorProps) {
  const [blocks, setBlocks] = useState<Block[]>(() => initial.permissions.map((permission, id) => ({ id, permission })));
  const findings = useFindings(document, "identity");
  const change = (changed: Block[]) => {
    setBlocks(changed);
    onChange(write({ ...initial, permissions: changed.map((b) => b.permission) }));
  };
  const add = (permission: Permission) => change([...blocks, { id: Math.max(-1, ...blocks.map((b) => b.id)) + 1, permission }]);
  return (
    <SpaceBetween size="m">
      {blocks.map(({ id, permission }, i) => (
        <PermissionBlock
          key={id}
          permission={permission}
          onChange={(p) => change(blocks.map((b) => (b.id === id ? { id, permission: p } : b)))}
          // Two statements can't have the same Sid.
          onDuplicate={() => add({ ...permission, sid: undefined })}
          onRemove={blocks.length > 1 ? () => change(blocks.filter((_, at) => at !== i)) : undefined}
        />
      ))}
      <Button iconName="add-plus" onClick={() => add(newPermission)}>
        Add more permissions
      </Button>
      {blocks.some(({ permission }) => permission.service !== undefined) && <FindingsPanel query={findings} />}
    </SpaceBetween>
  );
}
