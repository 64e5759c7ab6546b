import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useParams } from "../../shell/params";
import { useAwsChange } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { Failure } from "../../parts/failure";
import { ResourceTable } from "../../parts/resource_table";
import { navigate } from "../../shell/links";
import { useNotifications } from "../../shell/notifications";
import { Page } from "../../shell/page";
import { policyNameOf, policyPage } from "../../parts/policies";
import { policiesOf } from "../permissions";
import { kindText, useAttachments, usePrincipals } from "./entities";

const types = ["All entity types", ...Object.values(kindText)];

/** Attaches a policy to users, groups and roles. */
export default function AttachPolicy() {
  const { policy: arn } = useParams<{ policy: string }>();
  const { notify } = useNotifications();
  const principals = usePrincipals();
  const attached = useAttachments(arn);
  const [type, setType] = useState(types[0]!);
  const [selected, setSelected] = useState<string[]>([]);
  const name = policyNameOf(arn);
  const chosen = (principals.data ?? []).filter((p) => selected.includes(p.arn));
  const attach = useAwsChange(async () => {
    for (const of of chosen) await policiesOf(of).attach(arn);
  }, [["iam"]]);
  const submit = async () => {
    await attach.mutateAsync();
    notify({ type: "success", header: `Policy ${name} attached to ${chosen.map((p) => p.name).join(", ")}.` });
    navigate(`${policyPage(arn)}?section=entities_attached`);
  };
  const without = (attached.data ?? []).filter(({ as }) => as === "Permissions policy");
  const data = principals.data?.filter(
    (p) =>
      (type === types[0] || kindText[p.kind] === type) &&
      !without.some(({ of }) => of.kind === p.kind && of.name === p.name),
  );
  return (
    <Page
      title={`Attach ${name}`}
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Policies", "/console/iam/policies"],
        [name, policyPage(arn)],
      ]}
      description="Attach the policy to users, groups, or roles of the account."
    >
      <Form
        actions={
          <Actions>
            <Button variant="link" href={policyPage(arn)}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={!chosen.length}
              loading={attach.isPending}
              onClick={() => void submit().catch(() => {})}
            >
              Attach policy
            </Button>
          </Actions>
        }
      >
        <SpaceBetween size="l">
          <ResourceTable
            name="iam.principals"
            nouns={["entity", "entities"]}
            title="IAM entities"
            query={{ ...principals, data }}
            id={(p) => p.arn}
            columns={[
              { id: "name", header: "Entity name", value: (p) => p.name, cell: (p) => p.name, isRowHeader: true },
              { id: "type", header: "Entity type", value: (p) => kindText[p.kind], cell: (p) => kindText[p.kind] },
            ]}
            selection="multi"
            selected={selected}
            onSelect={setSelected}
            filters={
              <Select
                ariaLabel="Filter by entity type"
                selectedOption={{ value: type, label: type }}
                options={types.map((value) => ({ value, label: value }))}
                onChange={({ detail }) => setType(detail.selectedOption.value!)}
              />
            }
          />
          {attach.error && <Failure error={attach.error} />}
        </SpaceBetween>
      </Form>
    </Page>
  );
}
