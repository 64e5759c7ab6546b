// Where people come from, and what there is to choose.
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { ResourceTable } from "../parts/resource_table";
import { Time } from "../parts/time";
import { usePersonSession } from "../session/people";
import { useNotifications } from "../shell/notifications";
import { ProviderSettings } from "./provider_settings";
import { sourceNames, typeNames } from "./source_names";
import { sources, type Configuration } from "./sources";

export const sourcePage = "/console/singlesignon/settings/identity-source";

export function IdentitySource({ store }: { store: string }) {
  const configurations = useAws(["sso-directory", "Configurations"], () => sources.list(store));
  const inUse = configurations.data?.find((c) => c.Enabled);
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Identity source</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={200}
          items={[
            { label: "Identity source", value: configurations.data ? (inUse ? typeNames[inUse.Type] : sourceNames.directory) : "–" },
            { label: "Authentication method", value: configurations.data ? (inUse ? inUse.Name : "Password") : "–" },
            { label: "Identity store ID", value: store },
            ...(inUse?.Ldap ? [{ label: "Last sync", value: <LastSync of={inUse} /> }] : []),
          ]}
        />
      </Container>
      <Configurations store={store} query={configurations} />
      {inUse && inUse.Type !== "LDAP" && <ProviderSettings store={store} configuration={inUse} />}
    </SpaceBetween>
  );
}

function LastSync({ of }: { of: Configuration }) {
  const sync = of.Ldap?.LastSync;
  if (!sync) return <>None yet</>;
  if (sync.Error) return <StatusIndicator type="error">{sync.Error}</StatusIndicator>;
  return (
    <>
      <Time at={new Date(sync.At)} as="ago" />: {sync.Users} users, {sync.Groups} groups
    </>
  );
}

interface ConfigurationsProps {
  store: string;
  query: ReturnType<typeof useAws<Configuration[]>>;
}

type Change = "enable" | "disable" | "delete";

function Configurations({ store, query }: ConfigurationsProps) {
  const [open, setOpen] = useState<{ change: Change; of: Configuration }>();
  const add = (
    <Button variant="primary" href={sourcePage}>
      Add identity source
    </Button>
  );
  return (
    <>
      <ResourceTable
        name="sso.sources"
        nouns={["outside source", "outside sources"]}
        description="Identity providers and directories that people can come from. One at a time is in use; without one, people have passwords here."
        query={query}
        id={(c) => c.ConfigurationId}
        columns={[
          {
            id: "name",
            header: "Name",
            value: (c) => c.Name,
            cell: (c) => <Link href={`${sourcePage}?configuration=${c.ConfigurationId}`}>{c.Name}</Link>,
            isRowHeader: true,
          },
          { id: "type", header: "Type", value: (c) => typeNames[c.Type], cell: (c) => typeNames[c.Type], minWidth: 200 },
          {
            id: "status",
            header: "Status",
            value: (c) => String(c.Enabled),
            cell: (c) => (c.Enabled ? <StatusIndicator>In use</StatusIndicator> : <StatusIndicator type="stopped">Not in use</StatusIndicator>),
          },
        ]}
        selection="single"
        emptyAction={add}
        actions={([of]) => (
          <Actions>
            <ButtonDropdown
              disabled={!of}
              items={[
                { id: "enable", text: "Enable", disabled: of?.Enabled },
                { id: "disable", text: "Disable", disabled: !of?.Enabled },
                { id: "delete", text: "Delete", disabled: of?.Enabled, disabledReason: "Disable it first." },
              ]}
              onItemClick={({ detail }) => setOpen({ change: detail.id as Change, of: of! })}
            >
              Actions
            </ButtonDropdown>
            {add}
          </Actions>
        )}
      />
      {open && <ChangeConfiguration store={store} {...open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

const texts: Record<Change, [title: string, verb: string, text: string, done: string]> = {
  enable: [
    "Use",
    "Enable",
    "It is tried first. Then people sign in there, and passwords of the directory here are not asked for any more. Those who are signed in stay so.",
    "is in use.",
  ],
  disable: ["Stop using", "Disable", "People sign in with passwords of the directory here. Those who have none are sent one by Reset password.", "is not in use any more."],
  delete: ["Delete", "Delete", "Users and groups that came from it stay.", "is deleted."],
};

function ChangeConfiguration({ store, change, of, onClose }: { store: string; change: Change; of: Configuration; onClose: () => void }) {
  const { notify } = useNotifications();
  const portal = usePersonSession();
  const [title, verb, text, done] = texts[change];
  const send = useAwsChange(async () => {
    await sources[change]({ IdentityStoreId: store, ConfigurationId: of.ConfigurationId });
    await portal.refetch();
  }, [["sso-directory"]]);
  return (
    <DeleteModal
      title={`${title} ${of.Name}?`}
      verb={verb}
      onClose={onClose}
      onDelete={async () => {
        await send.mutateAsync();
        notify({ type: "success", header: `${of.Name} ${done}` });
      }}
    >
      {text}
    </DeleteModal>
  );
}
