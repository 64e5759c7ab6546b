import { DeleteInstanceCommand, DescribeInstanceCommand, UpdateInstanceCommand } from "@aws-sdk/client-sso-admin";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { Time } from "../parts/time";
import { usePersonSession } from "../session/people";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";

export function InstanceDetails({ arn }: { arn: string }) {
  const { notify } = useNotifications();
  const instance = useAws(["sso", "DescribeInstance", arn], () => ssoAdmin().send(new DescribeInstanceCommand({ InstanceArn: arn })));
  const portal = usePersonSession();
  const [open, setOpen] = useState<"name" | "delete">();
  const remove = useAwsChange(async () => {
    await ssoAdmin().send(new DeleteInstanceCommand({ InstanceArn: arn }));
    await portal.refetch();
  }, [["sso"], ["identitystore"]]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Actions>
              <Button onClick={() => setOpen("delete")}>Delete</Button>
              <Button disabled={!instance.data} onClick={() => setOpen("name")}>
                Edit instance name
              </Button>
            </Actions>
          }
        >
          Details
        </Header>
      }
    >
      <Loaded query={instance}>
        {(i) => (
          <KeyValuePairs
            columns={3}
            minColumnWidth={200}
            items={[
              { label: "Instance name", value: i.Name || "–" },
              { label: "Instance ARN", value: <span className="breaks"><Copy text={arn} /></span> },
              { label: "AWS access portal URL", value: portal.data?.StartURL ? <span className="breaks"><Copy text={portal.data.StartURL} /></span> : "–" },
              { label: "Management account", value: i.OwnerAccountId },
              { label: "Enabled", value: <Time at={i.CreatedDate} /> },
            ]}
          />
        )}
      </Loaded>
      {open === "name" && <Rename arn={arn} name={instance.data?.Name ?? ""} onClose={() => setOpen(undefined)} />}
      {open === "delete" && (
        <DeleteModal
          title="Delete the IAM Identity Center configuration?"
          typed="confirm"
          onClose={() => setOpen(undefined)}
          onDelete={async () => {
            await remove.mutateAsync();
            notify({ type: "success", header: "IAM Identity Center is no longer enabled." });
            navigate("/console/singlesignon");
          }}
        >
          All permission sets and assignments are lost, and the roles that they made in accounts. People can&apos;t sign in at the access
          portal any more. This can&apos;t be undone.
        </DeleteModal>
      )}
    </Container>
  );
}

function Rename({ arn, name: before, onClose }: { arn: string; name: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const portal = usePersonSession();
  const [name, setName] = useState(before);
  const update = useAwsChange(async () => {
    await ssoAdmin().send(new UpdateInstanceCommand({ InstanceArn: arn, Name: name.trim() }));
    await portal.refetch();
  }, [["sso"]]);
  return (
    <FormModal
      title="Edit instance name"
      verb="Save changes"
      ready={name.trim() !== before}
      onClose={onClose}
      onSubmit={async () => {
        await update.mutateAsync();
        notify({ type: "success", header: "The instance has its new name." });
      }}
    >
      <FormField label="Instance name" constraintText="People see it where they sign in. Maximum 255 characters.">
        <Input value={name} autoFocus autoComplete={false} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
    </FormModal>
  );
}
