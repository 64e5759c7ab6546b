// Automatic provisioning: the SCIM endpoint of the directory, and the tokens with which an enterprise directory writes to it.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { Failure } from "../parts/failure";
import { Loaded } from "../parts/loaded";
import { ResourceTable } from "../parts/resource_table";
import { Secret } from "../parts/secret";
import { Time } from "../parts/time";
import { useNotifications } from "../shell/notifications";
import { createTenant, createToken, deleteTenant, deleteToken, listTenants, listTokens, type BearerToken, type Tenant } from "./directory";

export function Provisioning({ store }: { store: string }) {
  const tenants = useAws(["sso-directory", "ListProvisioningTenants"], async () => (await listTenants(store, {})).ProvisioningTenants);
  // What is shown once: it stays open when the list below it is loaded.
  const [made, setMade] = useState<{ endpoint: string; token: string }>();
  const enable = useAwsChange(async () => {
    const tenant = await createTenant(store, {});
    const { BearerToken } = await createToken(store, { TenantId: tenant.TenantId });
    setMade({ endpoint: tenant.ScimEndpoint, token: BearerToken.Token });
  }, [["sso-directory"]]);
  return (
    <SpaceBetween size="l">
      <Loaded query={tenants}>
        {([tenant]) =>
          tenant ? (
            <Enabled store={store} tenant={tenant} onToken={(token) => setMade({ endpoint: tenant.ScimEndpoint, token })} />
          ) : (
            <Container
              header={
                <Header
                  variant="h2"
                  description="An enterprise directory makes, changes and disables users and groups here by SCIM 2.0."
                  actions={
                    <Button loading={enable.isPending} onClick={() => enable.mutate()}>
                      Enable
                    </Button>
                  }
                >
                  Automatic provisioning
                </Header>
              }
            >
              <SpaceBetween size="m">
                <Box color="text-body-secondary">It is not enabled. Users and groups are made in this console.</Box>
                {enable.error && <Failure error={enable.error} />}
              </SpaceBetween>
            </Container>
          )
        }
      </Loaded>
      {made && <Inbound {...made} onClose={() => setMade(undefined)} />}
    </SpaceBetween>
  );
}

/** What is given to the enterprise directory. */
function Inbound({ endpoint, token, onClose }: { endpoint: string; token: string; onClose: () => void }) {
  return (
    <Modal
      visible
      header="Inbound automatic provisioning"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Alert type="warning">This is the only time that you can see the access token. Copy both into the settings of your identity provider.</Alert>
        <KeyValuePairs
          columns={1}
          items={[
            { label: "SCIM endpoint", value: <span className="breaks"><Copy text={endpoint} /></span> },
            { label: "Access token", value: <Secret name="access token" text={token} /> },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}

function Enabled({ store, tenant, onToken }: { store: string; tenant: Tenant; onToken: (token: string) => void }) {
  const { notify } = useNotifications();
  const { TenantId } = tenant;
  const tokens = useAws(["sso-directory", "ListBearerTokens", TenantId], async () => (await listTokens(store, { TenantId })).BearerTokens);
  const [open, setOpen] = useState<"disable" | BearerToken>();
  const create = useAwsChange(async () => onToken((await createToken(store, { TenantId })).BearerToken.Token), [["sso-directory"]]);
  const remove = useAwsChange((t: BearerToken) => deleteToken(store, { TenantId, TokenId: t.TokenId }), [["sso-directory"]]);
  const disable = useAwsChange(() => deleteTenant(store, { TenantId }), [["sso-directory"]]);
  return (
    <>
      <Container header={<Header variant="h2" actions={<Button onClick={() => setOpen("disable")}>Disable</Button>}>Automatic provisioning</Header>}>
        <KeyValuePairs
          columns={2}
          minColumnWidth={200}
          items={[
            { label: "Provisioning method", value: "SCIM" },
            { label: "SCIM endpoint", value: <span className="breaks"><Copy text={tenant.ScimEndpoint} /></span> },
          ]}
        />
      </Container>
      <ResourceTable
        name="sso.tokens"
        nouns={["access token", "access tokens"]}
        description="There can be two, so that one is replaced while the other works."
        query={tokens}
        id={(t) => t.TokenId}
        columns={[
          { id: "id", header: "Token ID", value: (t) => t.TokenId, cell: (t) => t.TokenId, isRowHeader: true },
          { id: "created", header: "Created", value: (t) => t.CreationTime, cell: (t) => <Time at={new Date(t.CreationTime)} as="ago" /> },
          { id: "expires", header: "Expires", value: (t) => t.ExpirationTime, cell: (t) => <Time at={new Date(t.ExpirationTime)} as="ago" /> },
        ]}
        selection="single"
        actions={([token]) => (
          <Actions>
            <Button disabled={!token} onClick={() => setOpen(token)}>
              Delete
            </Button>
            <Button loading={create.isPending} onClick={() => create.mutate()}>
              Generate token
            </Button>
          </Actions>
        )}
      />
      {create.error && <Failure error={create.error} />}
      {open === "disable" && (
        <DeleteModal
          title="Disable automatic provisioning?"
          verb="Disable"
          onClose={() => setOpen(undefined)}
          onDelete={async () => {
            await disable.mutateAsync();
            notify({ type: "success", header: "Automatic provisioning is disabled." });
          }}
        >
          The tokens stop working at once. Users and groups stay as they are, and can be changed in this console.
        </DeleteModal>
      )}
      {open && open !== "disable" && (
        <DeleteModal
          title="Delete access token?"
          onClose={() => setOpen(undefined)}
          onDelete={async () => {
            await remove.mutateAsync(open);
            notify({ type: "success", header: "The access token is deleted." });
          }}
        >
          What uses {open.TokenId} is refused at once.
        </DeleteModal>
      )}
    </>
  );
}
