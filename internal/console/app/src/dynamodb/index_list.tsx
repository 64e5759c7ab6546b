// The indexes that a new table is to have.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { Actions } from "../parts/actions";
import { FormModal } from "../parts/form_modal";
import { projections } from "./describe";
import { indexFaults, newIndex, type IndexDraft, type KeyDraft, type TableDraft } from "./draft";
import { IndexFields } from "./index_fields";

interface IndexListProps {
  draft: TableDraft;
  /** Whether there can be local ones. */
  local?: boolean;
  onChange: (indexes: IndexDraft[]) => void;
}

export function IndexList({ draft, local = true, onChange }: IndexListProps) {
  const [selected, setSelected] = useState<IndexDraft[]>([]);
  const [creating, setCreating] = useState<IndexDraft>();
  const { indexes, partition, sort } = draft;
  return (
    <>
      <Table
        header={
          <Header
            variant="h2"
            counter={`(${indexes.length})`}
            description={`Use secondary indexes to perform queries on attributes that are not part of your table's primary key.${local ? " Local ones can only be created along with the table." : ""}`}
            actions={
              <Actions>
                <Button
                  formAction="none"
                  disabled={!selected.length}
                  onClick={() => {
                    onChange(indexes.filter((x) => !selected.includes(x)));
                    setSelected([]);
                  }}
                >
                  Delete
                </Button>
                {local && (
                  <Button
                    formAction="none"
                    disabled={!partition.name || !sort.name}
                    disabledReason="The table needs a partition key and a sort key."
                    onClick={() => setCreating(newIndex(true, partition))}
                  >
                    Create local index
                  </Button>
                )}
                <Button formAction="none" onClick={() => setCreating(newIndex(false))}>
                  Create global index
                </Button>
              </Actions>
            }
          >
            Secondary indexes
          </Header>
        }
        items={indexes}
        trackBy="name"
        selectionType="multi"
        selectedItems={selected}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems)}
        ariaLabels={{
          tableLabel: "Secondary indexes",
          selectionGroupLabel: "Select indexes",
          allItemsSelectionLabel: () => "Select all indexes",
          itemSelectionLabel: (_, x) => `Select ${x.name}`,
        }}
        empty={<Box textAlign="center">No secondary indexes</Box>}
        columnDefinitions={[
          { id: "name", header: "Name", cell: (x) => x.name, isRowHeader: true },
          { id: "type", header: "Type", cell: (x) => (x.local ? "Local" : "Global") },
          { id: "partition", header: "Partition key", cell: (x) => keys(x.partition) },
          { id: "sort", header: "Sort key", cell: (x) => keys(x.sort) },
          { id: "projection", header: "Projected attributes", cell: (x) => projections[x.projection]!.label },
        ]}
      />
      {creating && (
        <IndexModal
          initial={creating}
          draft={draft}
          onClose={() => setCreating(undefined)}
          onCreate={(index) => onChange([...indexes, index])}
        />
      )}
    </>
  );
}

interface IndexModalProps {
  initial: IndexDraft;
  draft: TableDraft;
  onCreate: (index: IndexDraft) => void;
  onClose: () => void;
}

function IndexModal({ initial, draft, onCreate, onClose }: IndexModalProps) {
  const [index, setIndex] = useState(initial);
  const [tried, setTried] = useState(false);
  const wrong = indexFaults(index, draft.billing === "PROVISIONED");
  if (draft.indexes.some((x) => x.name === index.name)) wrong.name = "There is an index of that name already.";
  const create = async () => {
    setTried(true);
    if (Object.keys(wrong).length) return false;
    onCreate(index);
  };
  return (
    <FormModal
      title={index.local ? "New local secondary index" : "New global secondary index"}
      verb="Create index"
      size="large"
      onSubmit={create}
      onClose={onClose}
    >
      <IndexFields billing={draft.billing} value={index} faults={tried ? wrong : {}} onChange={setIndex} />
    </FormModal>
  );
}

const keys = (of: KeyDraft[]) =>
  of
    .filter((k) => k.name)
    .map((k) => `${k.name} (${k.type})`)
    .join(", ") || "–";
