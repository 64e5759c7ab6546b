// Policy simulator: "IAM policy testing with the IAM policy simulator" (IAM User Guide).
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useSearchParams } from "../../shell/params";
import { useAws, useAwsChange } from "../../aws/query";
import { CodeEditor } from "../../parts/code_editor";
import { Failure } from "../../parts/failure";
import { Page } from "../../shell/page";
import { kindText, usePrincipals } from "../policies/entities";
import { services } from "../policies/services";
import { ContextFields } from "./context_fields";
import { contextKeys, simulate, type Context } from "./simulation";
import { SimulationResults } from "./simulation_results";

const custom = { value: "", label: "No one: the policy below alone" };

const actionOptions = services.map((s) => ({
  label: s.name,
  options: s.actions.map((a) => ({ value: `${s.prefix}:${a.name}`, label: `${s.prefix}:${a.name}` })),
}));

export default function Simulator() {
  const [search, setSearch] = useSearchParams();
  const arn = search.get("principal") ?? "";
  const principals = usePrincipals();
  const of = principals.data?.find((p) => p.arn === arn);
  const [document, setDocument] = useState("");
  const [actions, setActions] = useState<string[]>([]);
  const [resources, setResources] = useState("");
  const [context, setContext] = useState<Context[]>([]);
  const keys = useAws(["iam", "ContextKeys", arn, document], () => contextKeys({ of, document }), {
    enabled: !!of || (!arn && isJSON(document)),
  });
  const question = { of, document, actions, resources: resources.split(/[\s,]+/).filter(Boolean), context };
  const run = useAwsChange(async () => ({ question, results: await simulate(question) }), []);
  const options = [
    custom,
    ...(["user", "group", "role"] as const).map((kind) => ({
      label: `${kindText[kind]}s`,
      options: (principals.data ?? []).filter((p) => p.kind === kind).map((p) => ({ value: p.arn, label: p.name, tags: [kindText[kind]] })),
    })),
  ];
  return (
    <Page
      title="Policy simulator"
      breadcrumbs={[["IAM", "/console/iam"]]}
      description="See what policies allow, and which statement decides, without making a request."
    >
      <SpaceBetween size="l">
        <Container
          header={
            <Header
              variant="h2"
              actions={
                <Button
                  variant="primary"
                  disabled={!actions.length || (!of && !document.trim())}
                  loading={run.isPending}
                  onClick={() => run.mutate()}
                >
                  Run simulation
                </Button>
              }
            >
              Simulation
            </Header>
          }
        >
          <SpaceBetween size="l">
            <FormField label="User, group, or role" description="Whose policies are simulated, a permissions boundary included.">
              <Select
                selectedOption={of ? { value: of.arn, label: of.name, tags: [kindText[of.kind]] } : custom}
                options={options}
                filteringType="auto"
                filteringAriaLabel="Find users, groups and roles"
                statusType={principals.isPending ? "loading" : "finished"}
                onChange={({ detail }) =>
                  setSearch(detail.selectedOption.value ? { principal: detail.selectedOption.value } : {})
                }
              />
            </FormField>
            {principals.error && <Failure error={principals.error} />}
            <ExpandableSection headerText={of ? "One more policy - optional" : "Policy"} defaultExpanded={!of}>
              <CodeEditor label="Policy to simulate" value={document} onChange={setDocument} lines={8} />
            </ExpandableSection>
            <FormField label="Actions">
              <Multiselect
                selectedOptions={actions.map((value) => ({ value, label: value }))}
                options={actionOptions}
                filteringType="auto"
                filteringAriaLabel="Find actions"
                placeholder="Choose actions"
                tokenLimit={10}
                deselectAriaLabel={(o) => `Remove ${o.label}`}
                onChange={({ detail }) => setActions(detail.selectedOptions.map((o) => o.value!))}
              />
            </FormField>
            <FormField
              label="Resources - optional"
              description="ARNs, one a line. Each action is simulated on each of them; without any, on all resources (*)."
            >
              <Textarea
                value={resources}
                rows={2}
                placeholder="arn:aws:dynamodb:us-east-1:111122223333:table/Orders"
                onChange={({ detail }) => setResources(detail.value)}
              />
            </FormField>
            <ContextFields known={keys.data ?? []} context={context} onChange={setContext} />
          </SpaceBetween>
        </Container>
        {run.error && <Failure error={run.error} />}
        {run.data ? (
          <SimulationResults document={run.data.question.document} results={run.data.results} />
        ) : (
          !run.error && <Alert type="info">Choose actions and run the simulation to see what is allowed.</Alert>
        )}
      </SpaceBetween>
    </Page>
  );
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
