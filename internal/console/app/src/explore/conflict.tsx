// An item that somebody else changed or deleted while it was edited here.
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Table from "@cloudscape-design/components/table";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { dynamodb } from "../aws/dynamodb";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { Loaded } from "../parts/loaded";
import { keyOf, type Schema } from "./schema";
import { own, same, shown, type Item } from "./values";

interface ConflictProps {
  schema: Schema;
  /** The item when it was read, and as it was to be. */
  before: Item;
  after: Item;
  onReload: () => Promise<void>;
  /** Saves what was changed here, whatever the item is now. */
  onOverwrite: (current: Item) => void;
}

export function Conflict({ schema, before, after, onReload, onOverwrite }: ConflictProps) {
  const Key = keyOf(schema, before);
  const now = useAws(["dynamodb", "ConflictingItem", schema.table, Key], async () => {
    const input = { TableName: schema.table, Key, ConsistentRead: true };
    return (await dynamodb().send(new GetItemCommand(input))).Item ?? null;
  }, { named: true });
  return <Loaded query={now}>{(current) => (current ? differing(current) : gone)}</Loaded>;

  function differing(current: Item) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(current)])].filter((n) => !same(own(before, n), own(current, n)));
    return (
      <Alert
        type="warning"
        header="Somebody else changed the item meanwhile"
        action={
          <Actions>
            <Button onClick={() => void onReload()}>Discard mine and reload</Button>
            <Button onClick={() => onOverwrite(current)}>Save my changes over it</Button>
          </Actions>
        }
      >
        <SpaceBetween size="s">
          <div>Nothing was saved, so that their changes are not lost. They changed:</div>
          <Table
            variant="embedded"
            items={names}
            columnDefinitions={[
              { id: "name", header: "Attribute", cell: (n) => n, isRowHeader: true },
              { id: "before", header: "When you opened it", cell: (n) => shown(own(before, n)) || "–" },
              { id: "now", header: "Now", cell: (n) => shown(own(current, n)) || "–" },
              { id: "mine", header: "Yours", cell: (n) => shown(own(after, n)) || "–" },
            ]}
            ariaLabels={{ tableLabel: "What was changed" }}
          />
        </SpaceBetween>
      </Alert>
    );
  }
}

const gone = (
  <Alert type="warning" header="Somebody else deleted the item meanwhile">
    Nothing was saved. To have the item again, copy it from the JSON view and create it anew.
  </Alert>
);
