// The policies of a permission set.
import {
  AttachCustomerManagedPolicyReferenceToPermissionSetCommand,
  AttachManagedPolicyToPermissionSetCommand,
  DeleteInlinePolicyFromPermissionSetCommand,
  DeletePermissionsBoundaryFromPermissionSetCommand,
  DetachCustomerManagedPolicyReferenceFromPermissionSetCommand,
  DetachManagedPolicyFromPermissionSetCommand,
  GetInlinePolicyForPermissionSetCommand,
  GetPermissionsBoundaryForPermissionSetCommand,
  paginateListCustomerManagedPolicyReferencesInPermissionSet,
  paginateListManagedPoliciesInPermissionSet,
  PutInlinePolicyToPermissionSetCommand,
  PutPermissionsBoundaryToPermissionSetCommand,
  type CustomerManagedPolicyReference,
  type PermissionsBoundary,
} from "@aws-sdk/client-sso-admin";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { all, useAws, useAwsChange } from "../aws/query";
import { ssoAdmin } from "../aws/ssoadmin";
import { Actions } from "../parts/actions";
import { CodeEditor } from "../parts/code_editor";
import { FormModal } from "../parts/form_modal";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { policyNameOf } from "../parts/policies";
import { ResourceTable } from "../parts/resource_table";
import { useNotifications } from "../shell/notifications";
import { BoundaryFields, isWhole } from "./boundary_fields";
import { CustomerPolicies } from "./customer_policies";
import { ManagedPolicies } from "./managed_policies";

interface Of {
  InstanceArn: string;
  PermissionSetArn: string;
}

interface PartProps {
  of: Of;
  /** The roles in accounts are no longer as the permission set is. */
  onChanged: () => void;
}

export function SetPolicies(props: PartProps) {
  return (
    <SpaceBetween size="l">
      <Managed {...props} />
      <Customer {...props} />
      <Inline {...props} />
      <Boundary {...props} />
    </SpaceBetween>
  );
}

function Managed({ of, onChanged }: PartProps) {
  const attached = useAws(["sso", "ListManagedPoliciesInPermissionSet", of.PermissionSetArn], () =>
    all(paginateListManagedPoliciesInPermissionSet({ client: ssoAdmin() }, of), (p) => p.AttachedManagedPolicies),
  );
  const [adding, setAdding] = useState<string[]>();
  const attach = useAwsChange((ManagedPolicyArn: string) => ssoAdmin().send(new AttachManagedPolicyToPermissionSetCommand({ ...of, ManagedPolicyArn })), [["sso"]]);
  const detach = useAwsChange(async (arns: string[]) => {
    for (const ManagedPolicyArn of arns) await ssoAdmin().send(new DetachManagedPolicyFromPermissionSetCommand({ ...of, ManagedPolicyArn }));
    onChanged();
  }, [["sso"]]);
  return (
    <>
      <ResourceTable
        name="sso.set-managed"
        nouns={["policy", "policies"]}
        title="AWS managed policies"
        query={attached}
        id={(p) => p.Arn!}
        columns={[
          { id: "name", header: "Policy name", value: (p) => p.Name, cell: (p) => p.Name, isRowHeader: true },
          { id: "arn", header: "ARN", value: (p) => p.Arn, cell: (p) => p.Arn, hidden: true },
        ]}
        selection="multi"
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} loading={detach.isPending} onClick={() => detach.mutate(selected.map((p) => p.Arn!))}>
              Detach
            </Button>
            <Button onClick={() => setAdding([])}>Attach policies</Button>
          </Actions>
        )}
      />
      {detach.error && <Failure error={detach.error} />}
      {adding && (
        <FormModal
          title="Attach AWS managed policies"
          size="large"
          tables
          verb="Attach policies"
          ready={adding.length > 0}
          onClose={() => setAdding(undefined)}
          onSubmit={async () => {
            for (const arn of adding) await attach.mutateAsync(arn);
            onChanged();
          }}
        >
          <ManagedPolicies selected={adding} onChange={setAdding} without={attached.data?.map((p) => p.Arn!)} />
        </FormModal>
      )}
    </>
  );
}

function Customer({ of, onChanged }: PartProps) {
  const attached = useAws(["sso", "ListCustomerManagedPolicyReferencesInPermissionSet", of.PermissionSetArn], () =>
    all(paginateListCustomerManagedPolicyReferencesInPermissionSet({ client: ssoAdmin() }, of), (p) => p.CustomerManagedPolicyReferences),
  );
  const [adding, setAdding] = useState<CustomerManagedPolicyReference[]>();
  const attach = useAwsChange(
    (CustomerManagedPolicyReference: CustomerManagedPolicyReference) =>
      ssoAdmin().send(new AttachCustomerManagedPolicyReferenceToPermissionSetCommand({ ...of, CustomerManagedPolicyReference })),
    [["sso"]],
  );
  const detach = useAwsChange(async (references: CustomerManagedPolicyReference[]) => {
    for (const CustomerManagedPolicyReference of references) {
      await ssoAdmin().send(new DetachCustomerManagedPolicyReferenceFromPermissionSetCommand({ ...of, CustomerManagedPolicyReference }));
    }
    onChanged();
  }, [["sso"]]);
  return (
    <>
      <ResourceTable
        name="sso.set-customer"
        nouns={["policy", "policies"]}
        title="Customer managed policies"
        query={attached}
        id={(p) => `${p.Path ?? "/"}${p.Name}`}
        columns={[
          { id: "name", header: "Policy name", value: (p) => p.Name, cell: (p) => p.Name, isRowHeader: true },
          { id: "path", header: "Path", value: (p) => p.Path, cell: (p) => p.Path ?? "/" },
        ]}
        selection="multi"
        actions={(selected) => (
          <Actions>
            <Button disabled={!selected.length} loading={detach.isPending} onClick={() => detach.mutate(selected)}>
              Detach
            </Button>
            <Button onClick={() => setAdding([{ Name: "", Path: "/" }])}>Attach policies</Button>
          </Actions>
        )}
      />
      {detach.error && <Failure error={detach.error} />}
      {adding && (
        <FormModal
          title="Attach customer managed policies"
          size="large"
          verb="Attach policies"
          ready={adding.length > 0 && adding.every((r) => r.Name)}
          onClose={() => setAdding(undefined)}
          onSubmit={async () => {
            for (const reference of adding) await attach.mutateAsync(reference);
            onChanged();
          }}
        >
          <CustomerPolicies value={adding} onChange={setAdding} />
        </FormModal>
      )}
    </>
  );
}

function Inline({ of, onChanged }: PartProps) {
  const { notify } = useNotifications();
  const policy = useAws(["sso", "GetInlinePolicyForPermissionSet", of.PermissionSetArn], async () =>
    (await ssoAdmin().send(new GetInlinePolicyForPermissionSetCommand(of))).InlinePolicy ?? "",
  );
  const [text, setText] = useState<string>();
  const put = useAwsChange(
    async (InlinePolicy: string): Promise<unknown> =>
      InlinePolicy.trim()
        ? ssoAdmin().send(new PutInlinePolicyToPermissionSetCommand({ ...of, InlinePolicy }))
        : ssoAdmin().send(new DeleteInlinePolicyFromPermissionSetCommand(of)),
    [["sso"]],
  );
  return (
    <Container header={<Header variant="h2" actions={<Button disabled={policy.data === undefined} onClick={() => setText(policy.data)}>Edit</Button>}>Inline policy</Header>}>
      <Loaded query={policy}>
        {(policy) => (policy ? <CodeEditor label="Inline policy" value={policy} lines={3} /> : <Box color="text-body-secondary">There is none.</Box>)}
      </Loaded>
      {text !== undefined && (
        <FormModal
          title="Edit inline policy"
          size="large"
          tables
          verb="Save changes"
          onClose={() => setText(undefined)}
          onSubmit={async () => {
            await put.mutateAsync(text);
            onChanged();
            notify({ type: "success", header: text.trim() ? "The inline policy is saved." : "The inline policy is deleted." });
          }}
        >
          <CodeEditor label="Inline policy" value={text} onChange={setText} lines={14} />
        </FormModal>
      )}
    </Container>
  );
}

function Boundary({ of, onChanged }: PartProps) {
  const boundary = useAws(["sso", "GetPermissionsBoundaryForPermissionSet", of.PermissionSetArn], async (): Promise<PermissionsBoundary | null> => {
    try {
      return (await ssoAdmin().send(new GetPermissionsBoundaryForPermissionSetCommand(of))).PermissionsBoundary ?? null;
    } catch (e) {
      if (e instanceof Error && e.name === "ResourceNotFoundException") return null;
      throw e;
    }
  });
  const [editing, setEditing] = useState<{ value: PermissionsBoundary | undefined }>();
  const put = useAwsChange(
    async (PermissionsBoundary: PermissionsBoundary | undefined): Promise<unknown> =>
      PermissionsBoundary
        ? ssoAdmin().send(new PutPermissionsBoundaryToPermissionSetCommand({ ...of, PermissionsBoundary }))
        : ssoAdmin().send(new DeletePermissionsBoundaryFromPermissionSetCommand(of)),
    [["sso"]],
  );
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The most that the policies can give."
          actions={<Button disabled={boundary.data === undefined} onClick={() => setEditing({ value: boundary.data ?? undefined })}>Edit</Button>}
        >
          Permissions boundary
        </Header>
      }
    >
      <Loaded query={boundary}>
        {(boundary) => (
          <>{boundary?.ManagedPolicyArn ? policyNameOf(boundary.ManagedPolicyArn) : (boundary?.CustomerManagedPolicyReference?.Name ?? "Not set")}</>
        )}
      </Loaded>
      {editing && (
        <FormModal
          title="Edit permissions boundary"
          verb="Save changes"
          ready={isWhole(editing.value)}
          onClose={() => setEditing(undefined)}
          onSubmit={async () => {
            await put.mutateAsync(editing.value);
            onChanged();
          }}
        >
          <BoundaryFields value={editing.value} onChange={(value) => setEditing({ value })} />
        </FormModal>
      )}
    </Container>
  );
}
