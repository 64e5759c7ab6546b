import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import { policyNameOf, policyPage } from "../parts/policies";
import { boundaryOf, type Principal } from "./permissions";
import { PolicyPicker } from "../parts/policy_picker";

export type Bounded = Principal & { kind: "user" | "role" };

/** The permissions boundary of a user or a role; boundary is its ARN, as GetUser or GetRole has it. */
export function PermissionsBoundary({ of, boundary }: { of: Bounded; boundary: string | undefined }) {
  const { notify } = useNotifications();
  const [open, setOpen] = useState<"change" | "remove">();
  const remove = useAwsChange(() => boundaryOf(of).remove(), [["iam"]]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`A permissions boundary sets the maximum of what the policies can give the ${of.kind}.`}
          actions={
            <Actions>
              {boundary && <Button onClick={() => setOpen("remove")}>Remove boundary</Button>}
              <Button onClick={() => setOpen("change")}>{boundary ? "Change boundary" : "Set permissions boundary"}</Button>
            </Actions>
          }
        >
          Permissions boundary {boundary ? "(set)" : "(not set)"}
        </Header>
      }
    >
      {boundary ? (
        <Link href={policyPage(boundary)}>{policyNameOf(boundary)}</Link>
      ) : (
        <Box color="text-body-secondary">Nothing bounds what the policies give.</Box>
      )}
      {open === "change" && <ChangeBoundary of={of} boundary={boundary} onClose={() => setOpen(undefined)} />}
      {open === "remove" && (
        <DeleteModal
          title={`Remove the permissions boundary of ${of.name}?`}
          verb="Remove boundary"
          onClose={() => setOpen(undefined)}
          onDelete={async () => {
            await remove.mutateAsync();
            notify({ type: "success", header: `Removed the permissions boundary of ${of.name}.` });
          }}
        >
          The policies of the {of.kind} will be all that says what it may do.
        </DeleteModal>
      )}
    </Container>
  );
}

function ChangeBoundary({ of, boundary, onClose }: { of: Bounded; boundary: string | undefined; onClose: () => void }) {
  const { notify } = useNotifications();
  const [selected, setSelected] = useState(boundary ? [boundary] : []);
  const put = useAwsChange(() => boundaryOf(of).put(selected[0]!), [["iam"]]);
  return (
    <FormModal
      title="Set permissions boundary"
      size="large"
      tables
      verb="Set boundary"
      ready={selected.length > 0}
      onClose={onClose}
      onSubmit={async () => {
        await put.mutateAsync();
        notify({ type: "success", header: `${policyNameOf(selected[0]!)} is the permissions boundary of ${of.name}.` });
      }}
    >
      <PolicyPicker single title="Policies" selected={selected} onChange={setSelected} />
    </FormModal>
  );
}
