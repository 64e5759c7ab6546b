// Attributes of people as session tags, which policies can ask about: aws:PrincipalTag/key.
import {
  CreateInstanceAccessControlAttributeConfigurationCommand,
  DeleteInstanceAccessControlAttributeConfigurationCommand,
  DescribeInstanceAccessControlAttributeConfigurationCommand,
  UpdateInstanceAccessControlAttributeConfigurationCommand,
  type AccessControlAttribute,
} from "@aws-sdk/client-sso-admin";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Container from "@cloudscape-design/components/container";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { useNotifications } from "../shell/notifications";

/** "Attributes for access control" (IAM Identity Center User Guide): the ones of the identity store that are offered. */
const paths = [
  ..."userName email displayName nickName title userType name.givenName name.familyName preferredLanguage locale timezone".split(" "),
  ..."employeeNumber costCenter organization division department manager.value".split(" ").map((name) => `enterprise.${name}`),
].map((path) => `\${path:${path}}`);

/** Null where it is not enabled. */
const useAttributes = (InstanceArn: string) =>
  useAws(["sso", "AccessControlAttributes", InstanceArn], async (): Promise<AccessControlAttribute[] | null> => {
    try {
      const { InstanceAccessControlAttributeConfiguration: c } = await ssoAdmin().send(
        new DescribeInstanceAccessControlAttributeConfigurationCommand({ InstanceArn }),
      );
      return c?.AccessControlAttributes ?? [];
    } catch (e) {
      if (e instanceof Error && e.name === "ResourceNotFoundException") return null;
      throw e;
    }
  });

export function AttributesForAccessControl({ arn }: { arn: string }) {
  const attributes = useAttributes(arn);
  const { notify } = useNotifications();
  const [open, setOpen] = useState<"edit" | "disable">();
  const enable = useAwsChange(
    () =>
      ssoAdmin().send(
        new CreateInstanceAccessControlAttributeConfigurationCommand({
          InstanceArn: arn,
          InstanceAccessControlAttributeConfiguration: { AccessControlAttributes: [] },
        }),
      ),
    [["sso"]],
  );
  const disable = useAwsChange(() => ssoAdmin().send(new DeleteInstanceAccessControlAttributeConfigurationCommand({ InstanceArn: arn })), [["sso"]]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Attributes of users are passed to their sessions as tags. Policies ask about them with aws:PrincipalTag."
          actions={
            attributes.data ? (
              <Actions>
                <Button onClick={() => setOpen("disable")}>Disable</Button>
                <Button onClick={() => setOpen("edit")}>Manage attributes</Button>
              </Actions>
            ) : (
              <Button disabled={attributes.data === undefined} loading={enable.isPending} onClick={() => enable.mutate()}>
                Enable
              </Button>
            )
          }
        >
          Attributes for access control
        </Header>
      }
    >
      <Loaded query={attributes}>
        {(attributes) =>
          attributes?.length ? (
            <KeyValuePairs columns={3} items={attributes.map((a) => ({ label: a.Key, value: <Box variant="code">{a.Value?.Source?.join(", ")}</Box> }))} />
          ) : (
            <Box color="text-body-secondary">{attributes ? "There are no attributes yet." : "It is not enabled."}</Box>
          )
        }
      </Loaded>
      {open === "edit" && <Edit arn={arn} attributes={attributes.data ?? []} onClose={() => setOpen(undefined)} />}
      {open === "disable" && (
        <DeleteModal
          title="Disable attributes for access control?"
          verb="Disable"
          onClose={() => setOpen(undefined)}
          onDelete={async () => {
            await disable.mutateAsync();
            notify({ type: "success", header: "Attributes for access control are disabled." });
          }}
        >
          The attributes are deleted. New sessions have no tags, and policies that ask for them don&apos;t apply.
        </DeleteModal>
      )}
    </Container>
  );
}

function Edit({ arn, attributes, onClose }: { arn: string; attributes: AccessControlAttribute[]; onClose: () => void }) {
  const { notify } = useNotifications();
  const [rows, setRows] = useState(() => attributes.map((a) => ({ key: a.Key ?? "", source: a.Value?.Source?.[0] ?? "" })));
  const change = (index: number, part: Partial<(typeof rows)[number]>) => setRows(rows.map((r, i) => (i === index ? { ...r, ...part } : r)));
  const update = useAwsChange(
    () =>
      ssoAdmin().send(
        new UpdateInstanceAccessControlAttributeConfigurationCommand({
          InstanceArn: arn,
          InstanceAccessControlAttributeConfiguration: {
            AccessControlAttributes: rows.map((r) => ({ Key: r.key.trim(), Value: { Source: [r.source.trim()] } })),
          },
        }),
      ),
    [["sso"]],
  );
  return (
    <FormModal
      title="Manage attributes for access control"
      size="large"
      verb="Save changes"
      ready={rows.every((r) => r.key.trim() && r.source.trim())}
      onClose={onClose}
      onSubmit={async () => {
        await update.mutateAsync();
        notify({ type: "success", header: "The attributes are saved. Sessions that begin from now on have them." });
      }}
    >
      <AttributeEditor
        items={rows}
        empty="No attributes."
        addButtonText="Add attribute"
        removeButtonText="Remove"
        removeButtonAriaLabel={(r) => `Remove attribute ${r.key}`}
        disableAddButton={rows.length >= 50}
        onAddButtonClick={() => setRows([...rows, { key: "", source: "" }])}
        onRemoveButtonClick={({ detail }) => setRows(rows.filter((_, i) => i !== detail.itemIndex))}
        definition={[
          {
            label: "Key",
            control: (r, i) => <Input value={r.key} autoComplete={false} placeholder="CostCenter" onChange={({ detail }) => change(i, { key: detail.value })} />,
          },
          {
            label: "Value",
            control: (r, i) => (
              <Autosuggest
                value={r.source}
                ariaLabel="Value"
                enteredTextLabel={(text) => `Use ${text}`}
                options={paths.map((value) => ({ value }))}
                onChange={({ detail }) => change(i, { source: detail.value })}
              />
            ),
          },
        ]}
      />
    </FormModal>
  );
}
