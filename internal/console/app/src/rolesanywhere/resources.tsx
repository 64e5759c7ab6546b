// What the pages of trust anchors, profiles and revocation lists have in common.
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState, type ReactNode } from "react";
import { rolesAnywhere } from "../aws/rolesanywhere";
import { useAws, useAwsChange } from "../aws/query";
import { Actions } from "../parts/actions";
import { DeleteModal } from "../parts/delete_modal";
import { TagsPanel } from "../parts/tags_panel";
import type { TagValue } from "../parts/tag_fields";
import { useNotifications } from "../shell/notifications";

export const root: [string, string] = ["IAM Roles Anywhere", "/console/rolesanywhere"];

export const anchorPage = (id: string) => `/console/rolesanywhere/trust-anchors/${id}`;
export const profilePage = (id: string) => `/console/rolesanywhere/profiles/${id}`;
export const subjectPage = (id: string) => `/console/rolesanywhere/subjects/${id}`;

/** The key that everything of the service is loaded under. */
export const everything = [["rolesanywhere"]];

export const statusOf = ({ enabled }: { enabled: boolean }) => (enabled ? "Enabled" : "Disabled");

export const Status = ({ of }: { of: { enabled: boolean } }) => (
  <StatusIndicator type={of.enabled ? "success" : "stopped"}>{statusOf(of)}</StatusIndicator>
);

export const useProfile = (id: string) => useAws(["rolesanywhere", "GetProfile", id], () => rolesAnywhere.profile(id));

interface Kind {
  /** "trust anchor" */
  noun: string;
  enable: (id: string, enabled: boolean) => Promise<unknown>;
  remove: (id: string) => Promise<unknown>;
  /** The operation that lists them. */
  listed: string;
  /** What is lost. */
  lost: ReactNode;
}

export const anchors: Kind = {
  noun: "trust anchor",
  enable: rolesAnywhere.enableTrustAnchor,
  remove: rolesAnywhere.deleteTrustAnchor,
  listed: "ListTrustAnchors",
  lost: "Certificates of its authority get no more sessions by it, and its revocation lists are deleted, too. Sessions that have begun go on until they end.",
};

export const profiles: Kind = {
  noun: "profile",
  enable: rolesAnywhere.enableProfile,
  remove: rolesAnywhere.deleteProfile,
  listed: "ListProfiles",
  lost: "Machines that name it get no more sessions. Sessions that have begun go on until they end.",
};

export const lists: Kind = {
  noun: "revocation list",
  enable: rolesAnywhere.enableList,
  remove: rolesAnywhere.deleteList,
  listed: "ListCrls",
  lost: "The certificates in it count again.",
};

interface Named {
  id: string;
  name: string;
  enabled: boolean;
}

interface ManageProps {
  kind: Kind;
  /** None if nothing is selected. */
  of: Named | undefined;
  /** Called when it is gone. */
  onDeleted?: () => void;
}

/** The buttons that enable, disable and delete something. */
export function Manage({ kind, of, onDeleted }: ManageProps) {
  const { notify } = useNotifications();
  const [deleting, setDeleting] = useState<Named>();
  const enable = useAwsChange(({ id, enabled }: Named) => kind.enable(id, !enabled), everything);
  // The page may be about it, and must not ask for it again.
  const remove = useAwsChange(kind.remove, [["rolesanywhere", kind.listed]]);
  const title = kind.noun[0]!.toUpperCase() + kind.noun.slice(1);
  const change = async (it: Named) => {
    try {
      await enable.mutateAsync(it);
      notify({ type: "success", header: `${title} ${it.name} ${it.enabled ? "disabled" : "enabled"}.` });
    } catch (e) {
      notify({ type: "error", header: `${title} ${it.name} was not ${it.enabled ? "disabled" : "enabled"}.`, content: (e as Error).message });
    }
  };
  return (
    <>
      <Actions>
        <Button disabled={!of} loading={enable.isPending} onClick={() => void change(of!)}>
          {of && !of.enabled ? "Enable" : "Disable"}
        </Button>
        <Button disabled={!of} onClick={() => setDeleting(of)}>
          Delete
        </Button>
      </Actions>
      {deleting && (
        <DeleteModal
          title={`Delete ${kind.noun} ${deleting.name}?`}
          typed="confirm"
          onClose={() => setDeleting(undefined)}
          onDelete={async () => {
            await remove.mutateAsync(deleting.id);
            notify({ type: "success", header: `${title} ${deleting.name} deleted.` });
            onDeleted?.();
          }}
        >
          {kind.lost}
        </DeleteModal>
      )}
    </>
  );
}

/** Tags as this API has them. */
export const tagsOf = (tags: TagValue[]) => tags.map(({ Key, Value }) => ({ key: Key, value: Value }));

export function Tags({ arn }: { arn: string }) {
  const tags = useAws(["rolesanywhere", "ListTagsForResource", arn], async () =>
    (await rolesAnywhere.tags(arn)).map(({ key, value }) => ({ Key: key, Value: value })),
  );
  return (
    <TagsPanel
      service="rolesanywhere"
      tags={tags}
      tag={(changed) => rolesAnywhere.tag(arn, tagsOf(changed))}
      untag={(keys) => rolesAnywhere.untag(arn, keys)}
    />
  );
}
