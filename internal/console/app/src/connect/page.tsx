import Alert from "@cloudscape-design/components/alert";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { currentRegion } from "../aws/credentials";
import { Copy } from "../parts/copy";
import { Snippets } from "../parts/snippets";
import { usePrincipal, useSession } from "../session/session";
import { Page } from "../shell/page";
import { useSettings } from "../shell/settings";
import { CredentialsForm, type Source } from "./credentials_form";
import { sdks } from "./sdks";
import { cliFiles, environment, formFields, type Key, type Target } from "./settings";
import { TestConnection } from "./test_connection";
import { Workbench } from "./workbench";

export default function Connect() {
  const principal = usePrincipal();
  const { OpenAuth } = useSession();
  useSettings(); // the region is one of them
  const [own, setRegion] = useState<string>();
  const region = own ?? currentRegion();
  const [profile, setProfile] = useState("stator");
  const [services, setServices] = useState<Target["services"]>("all");
  const [table, setTable] = useState("");
  const [source, setSource] = useState<Source>("key");
  const [key, setKey] = useState<Key>({ id: "", secret: "" });
  const [secrets, setSecrets] = useState(false);

  const endpoint = location.origin;
  const shownKey = { ...key, id: key.id || "ACCESS_KEY_ID", secret: key.secret || "SECRET_ACCESS_KEY" };
  const target: Target = { endpoint, region, profile: profile || "default", services, key: shownKey };
  const hide = (text: string) =>
    secrets ? text : [key.secret, key.token].reduce<string>((t, s) => (s ? t.replaceAll(s, "••••••••") : t), text);
  const settings = (snippets: Parameters<typeof Snippets>[0]["snippets"]) => <Snippets snippets={snippets} hide={hide} />;
  const missing = OpenAuth || (key.id && key.secret) ? undefined : "Enter an access key ID and its secret, or choose temporary credentials.";
  const tested = key.id && key.secret ? key : { id: "open", secret: "open" };

  return (
    <Page title="Connect" description="Settings for the AWS CLI, SDKs and other programs that are to use this server.">
      <SpaceBetween size="l">
        {OpenAuth && (
          <Alert type="info">This server runs without authentication: any access key works, and none is needed here.</Alert>
        )}
        <Container header={<Header variant="h2">Where and who</Header>}>
          <KeyValuePairs
            columns={4}
            items={[
              { label: "Endpoint", value: <Copy text={endpoint} /> },
              { label: "Region", value: <Copy text={region} /> },
              { label: "Account ID", value: <Copy text={principal.Account} /> },
              { label: "Signed in as", value: <Copy text={principal.Arn} /> },
            ]}
          />
        </Container>
        <Container header={<Header variant="h2">Credentials and options</Header>}>
          <SpaceBetween size="l">
            <CredentialsForm
              source={source}
              root={principal.PrincipalType === "Root"}
              value={key}
              onChange={setKey}
              onSource={(chosen) => {
                setSource(chosen);
                setKey({ id: "", secret: "" });
              }}
            />
            <ColumnLayout columns={4}>
              <FormField label="Region" description="Each has tables of its own.">
                <Input value={region} spellcheck={false} onChange={({ detail }) => setRegion(detail.value.trim())} />
              </FormField>
              <FormField label="Table - optional" description="To test, and for forms.">
                <Input value={table} spellcheck={false} onChange={({ detail }) => setTable(detail.value.trim())} />
              </FormField>
              <FormField label="Profile name" description="In the AWS CLI's files.">
                <Input value={profile} spellcheck={false} onChange={({ detail }) => setProfile(detail.value.trim())} />
              </FormField>
              <FormField label="Services that are here" description="The others stay at AWS.">
                <Select
                  selectedOption={serviceOptions.find((o) => o.value === services)!}
                  options={serviceOptions}
                  onChange={({ detail }) => setServices(detail.selectedOption.value as Target["services"])}
                />
              </FormField>
            </ColumnLayout>
          </SpaceBetween>
        </Container>
        <TestConnection trial={{ endpoint, region, key: tested, table }} missing={missing} />
        <Container
          header={
            <Header
              variant="h2"
              description="What is copied has the secrets, shown or not."
              actions={
                <Toggle checked={secrets} onChange={({ detail }) => setSecrets(detail.checked)}>
                  Show secrets
                </Toggle>
              }
            >
              Settings
            </Header>
          }
        >
          <Tabs
            ariaLabel="Clients"
            tabs={[
              { id: "cli", label: "AWS CLI", content: settings(cliFiles(target)) },
              { id: "environment", label: "Environment variables", content: settings(environment(target)) },
              ...sdks.map((sdk) => ({ id: sdk.id, label: sdk.name, content: settings(sdk.snippets(target)) })),
              { id: "workbench", label: "NoSQL Workbench", content: <Workbench endpoint={endpoint} open={OpenAuth} /> },
              { id: "other", label: "Other programs", content: <Fields fields={formFields(target, table)} hide={hide} /> },
            ]}
          />
        </Container>
      </SpaceBetween>
    </Page>
  );
}

const serviceOptions = [
  { value: "all", label: "All: DynamoDB, IAM, STS, …" },
  { value: "dynamodb", label: "DynamoDB and its streams only" },
];

/** The form of a connector, to be filled in field by field. */
function Fields({ fields, hide }: { fields: [string, string][]; hide: (text: string) => string }) {
  return (
    <SpaceBetween size="m">
      <div>What connectors, drivers and graphical tools ask for. Where there is one field for a custom endpoint, it is the endpoint URL.</div>
      <KeyValuePairs
        columns={3}
        items={fields.map(([label, value]) => ({
          label,
          value: hide(value) === value ? <Copy text={value} /> : <><span>••••••••</span> <Copy text={value} inline={false} what={label} /></>,
        }))}
      />
    </SpaceBetween>
  );
}
