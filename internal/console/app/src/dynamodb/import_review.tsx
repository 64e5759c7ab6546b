import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { billingNames, encryptionNames, typeNames } from "./describe";
import type { KeyDraft } from "./draft";
import { compressions, delimiters, importFormats, type ImportDraft } from "./import_draft";

interface ImportReviewProps {
  draft: ImportDraft;
  /** Goes back to a step. */
  onEdit: (step: number) => void;
}

export function ImportReview({ draft: d, onEdit }: ImportReviewProps) {
  const { table: t } = d;
  const custom = t.customized;
  const part = (step: number, title: string, items: KeyValuePairsProps.Item[]) => (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button ariaLabel={`Edit: ${title}`} onClick={() => onEdit(step)}>
              Edit
            </Button>
          }
        >
          {title}
        </Header>
      }
    >
      <KeyValuePairs columns={3} items={items} />
    </Container>
  );
  return (
    <SpaceBetween size="l">
      {part(0, "Step 1: Source", [
        { label: "Source S3 URL", value: d.source },
        { label: "S3 bucket owner", value: d.owner || "This AWS account" },
        { label: "Compression", value: compressions[d.compression] },
        { label: "File format", value: importFormats[d.format] },
        ...(d.format === "CSV"
          ? [
              { label: "CSV header", value: d.headed ? "First line of source file" : d.header },
              { label: "CSV delimiter", value: delimiters[d.delimiter] },
            ]
          : []),
      ])}
      {part(1, "Step 2: Table details", [
        { label: "Table name", value: t.name },
        { label: "Partition key", value: key(t.partition) },
        { label: "Sort key", value: key(t.sort) },
      ])}
      {part(2, "Step 3: Table settings", [
        { label: "Capacity mode", value: billingNames[custom ? t.billing : "PAY_PER_REQUEST"] },
        { label: "Global secondary indexes", value: (custom && t.indexes.map((x) => x.name).join(", ")) || "–" },
        { label: "Encryption", value: encryptionNames[custom ? t.encryption : "owned"] },
      ])}
    </SpaceBetween>
  );
}

const key = ({ name, type }: KeyDraft) => (name ? `${name} (${typeNames[type]})` : "–");
