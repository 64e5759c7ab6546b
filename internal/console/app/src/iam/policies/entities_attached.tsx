import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useAwsChange } from "../../aws/query";
import { Actions } from "../../parts/actions";
import { DeleteModal } from "../../parts/delete_modal";
import { ResourceTable } from "../../parts/resource_table";
import { useNotifications } from "../../shell/notifications";
import { policyNameOf, policyPage } from "../../parts/policies";
import { boundaryOf, policiesOf, principalPage } from "../permissions";
import { kindText, useAttachments, type Attachment } from "./entities";

/** The users, groups and roles that have a policy, and its detaching. */
export function EntitiesAttached({ arn }: { arn: string }) {
  const attached = useAttachments(arn);
  const [detaching, setDetaching] = useState<Attachment[]>();
  return (
    <>
      <ResourceTable
        name="iam.entities"
        nouns={["entity", "entities"]}
        title="Entities attached"
        description="The users, groups and roles that have this policy as a permissions policy or a permissions boundary."
        query={attached}
        id={({ of, as }) => `${of.kind} ${of.name} (${as})`}
        columns={[
          {
            id: "name",
            header: "Entity name",
            value: ({ of }) => of.name,
            cell: ({ of }) => <Link href={principalPage(of)}>{of.name}</Link>,
            isRowHeader: true,
          },
          { id: "type", header: "Entity type", value: ({ of }) => kindText[of.kind], cell: ({ of }) => kindText[of.kind] },
          { id: "as", header: "Attached as", value: ({ as }) => as, cell: ({ as }) => as },
        ]}
        selection="multi"
        emptyAction={<Button href={`${policyPage(arn)}/attach`}>Attach</Button>}
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} onClick={() => setDetaching(selected)}>
              Detach
            </Button>
            <Button href={`${policyPage(arn)}/attach`}>Attach</Button>
          </Actions>
        )}
      />
      {detaching && <Detach arn={arn} attachments={detaching} onClose={() => setDetaching(undefined)} />}
    </>
  );
}

function Detach({ arn, attachments, onClose }: { arn: string; attachments: Attachment[]; onClose: () => void }) {
  const { notify } = useNotifications();
  const policy = policyNameOf(arn);
  const detach = useAwsChange(
    ({ of, as }: Attachment) =>
      as === "Permissions boundary" && of.kind !== "group"
        ? boundaryOf({ kind: of.kind, name: of.name }).remove()
        : policiesOf(of).detach(arn),
    [["iam"]],
  );
  const from = attachments.map(({ of }) => of.name).join(", ");
  return (
    <DeleteModal
      title={`Detach ${policy}?`}
      verb="Detach policy"
      onClose={onClose}
      onDelete={async () => {
        for (const a of attachments) await detach.mutateAsync(a);
        notify({ type: "success", header: `Policy ${policy} detached from ${from}.` });
      }}
    >
      {from} will no longer have the permissions of <b>{policy}</b>
      {attachments.some(({ as }) => as === "Permissions boundary") && ", or no longer be bounded by it"}. The policy itself stays.
    </DeleteModal>
  );
}
