import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useSearchParams } from "../shell/params";
import { Loaded } from "../parts/loaded";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { ImportPreview } from "./import_preview";
import { ImportRun } from "./import_run";
import { guess, itemOfCells, itemOfJSON, type ColumnMapping } from "./mapping";
import { MappingTable } from "./mapping_table";
import { exploreHref, importHref } from "./places";
import { readFile, type FileContent } from "./read_file";
import type { Schema } from "./schema";
import { useSchema } from "./tables";
import { TableChooser } from "./table_chooser";
import type { Item, Notation } from "./values";

export default function ImportFile() {
  const [parameters] = useSearchParams();
  const table = parameters.get("table") ?? "";
  const schema = useSchema(table);
  return (
    <Page
      title="Import from a file"
      breadcrumbs={[["DynamoDB", "/console/dynamodb"], ["Explore items", table ? exploreHref(table) : "/console/dynamodb/explore"]]}
      description="Write the rows of a CSV or JSON file into a table. An item that has the key of a row already is replaced."
      actions={table && <Button href={exploreHref(table)}>Explore items</Button>}
    >
      <SpaceBetween size="l">
        <TableChooser table={table} onChange={(chosen) => navigate(importHref(chosen))} />
        {table && <Loaded query={schema}>{(s) => <Importer key={table} schema={s} />}</Loaded>}
      </SpaceBetween>
    </Page>
  );
}

function Importer({ schema }: { schema: Schema }) {
  const [files, setFiles] = useState<File[]>([]);
  const [content, setContent] = useState<FileContent>();
  const [fault, setFault] = useState("");
  const [running, setRunning] = useState(false);
  const choose = async (chosen: File[]) => {
    setFiles(chosen);
    setContent(undefined);
    setFault("");
    if (!chosen[0]) return;
    try {
      setContent(await readFile(chosen[0]));
    } catch (e) {
      setFault((e as Error).message);
    }
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">File</Header>}>
        <FormField
          label="CSV or JSON file"
          description="The first line of a CSV file names the attributes. JSON can be plain or DynamoDB JSON: an array, one item a line, or what a scan or an export gives."
        >
          <FileUpload
            value={files}
            onChange={({ detail }) => running || void choose(detail.value)}
            accept=".csv,.json,.jsonl,.ndjson"
            showFileSize
            errorText={fault}
            constraintText="Up to 200 MB. The file is read in the browser and written with your permissions."
          />
        </FormField>
      </Container>
      {content && <Rows key={files[0]?.name} schema={schema} content={content} onRunning={setRunning} />}
    </SpaceBetween>
  );
}

const notations = [
  { value: "plain", label: "Plain JSON" },
  { value: "dynamodb", label: "DynamoDB JSON" },
];

/** What becomes of the rows: mapping, preview, import. */
function Rows({ schema, content, onRunning }: { schema: Schema; content: FileContent; onRunning: (running: boolean) => void }) {
  const [mapping, setMapping] = useState<ColumnMapping[]>(() => (content.format === "csv" ? guess(content, schema) : []));
  const [notation, setNotation] = useState<Notation>(content.format === "json" ? content.notation : "plain");
  const item = (row: number): Item =>
    content.format === "csv" ? itemOfCells(content.rows[row]!, mapping, schema) : itemOfJSON(content.rows[row], notation, schema);
  const missing = content.format === "csv" ? schema.key.filter((k) => !mapping.some((m) => m.name === k.name)) : [];
  return (
    <SpaceBetween size="l">
      {content.format === "csv" ? (
        <MappingTable schema={schema} content={content} mapping={mapping} onChange={setMapping} />
      ) : (
        <Container>
          <FormField label="Notation" description="What the file seems to be">
            <Select
              selectedOption={notations.find((n) => n.value === notation)!}
              options={notations}
              onChange={({ detail }) => setNotation(detail.selectedOption.value as Notation)}
            />
          </FormField>
        </Container>
      )}
      {missing.length > 0 && (
        <Alert type="error">No column is for the key&apos;s attribute {missing.map((k) => k.name).join(" and ")}.</Alert>
      )}
      <ImportPreview schema={schema} count={content.rows.length} item={item} />
      <ImportRun schema={schema} count={content.rows.length} item={item} disabled={missing.length > 0} onRunning={onRunning} />
    </SpaceBetween>
  );
}
