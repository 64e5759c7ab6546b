import { CreateAccountAliasCommand, DeleteAccountAliasCommand, ListAccountAliasesCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { iam } from "../aws/iam";
import { queryClient, useAws, useAwsChange } from "../aws/query";
import { Copy } from "../parts/copy";
import { DeleteModal } from "../parts/delete_modal";
import { FormModal } from "../parts/form_modal";
import { Loaded } from "../parts/loaded";
import { sessionKey } from "../session/api";
import { usePrincipal } from "../session/session";
import { useNotifications } from "../shell/notifications";

/** The session has the alias too, for the bar and the sign-in URL. */
const invalidateSession = () => queryClient.invalidateQueries({ queryKey: sessionKey });

/** The account's id, alias and sign-in URL. */
export function AccountAlias() {
  const { Account } = usePrincipal();
  const { notify } = useNotifications();
  const alias = useAws(["iam", "ListAccountAliases"], async () =>
    (await iam().send(new ListAccountAliasesCommand({}))).AccountAliases?.[0] ?? "",
  );
  const [open, setOpen] = useState<"edit" | "delete">();
  const remove = useAwsChange(
    (AccountAlias: string) => iam().send(new DeleteAccountAliasCommand({ AccountAlias })),
    [["iam", "ListAccountAliases"]],
  );
  const url = (name: string) => `${location.origin}/console/signin/${name}`;
  return (
    <>
      <Loaded query={alias}>
        {(alias) => (
          <KeyValuePairs
            columns={3}
            minColumnWidth={220}
            items={[
              { label: "Account ID", value: <Copy text={Account} /> },
              {
                label: "Account alias",
                value: (
                  <SpaceBetween direction="horizontal" size="s">
                    <span>{alias || "None"}</span>
                    <Button variant="inline-link" ariaLabel={`${alias ? "Edit" : "Create"} account alias`} onClick={() => setOpen("edit")}>
                      {alias ? "Edit" : "Create"}
                    </Button>
                    {alias && (
                      <Button variant="inline-link" ariaLabel="Delete account alias" onClick={() => setOpen("delete")}>
                        Delete
                      </Button>
                    )}
                  </SpaceBetween>
                ),
              },
              { label: "Sign-in URL for IAM users in this account", value: <Copy text={url(alias || Account)} /> },
            ]}
          />
        )}
      </Loaded>
      {open === "edit" && <EditAlias before={alias.data ?? ""} onClose={() => setOpen(undefined)} />}
      {open === "delete" && (
        <DeleteModal
          title={`Delete the account alias ${alias.data}?`}
          onClose={() => setOpen(undefined)}
          onDelete={async () => {
            await remove.mutateAsync(alias.data!);
            await invalidateSession();
            notify({ type: "success", header: `Account alias ${alias.data} deleted.` });
          }}
        >
          The users of this account can no longer sign in at <b>{url(alias.data!)}</b>. The address with the account&apos;s id,{" "}
          {url(Account)}, goes on working.
        </DeleteModal>
      )}
    </>
  );
}

function EditAlias({ before, onClose }: { before: string; onClose: () => void }) {
  const { notify } = useNotifications();
  const [alias, setAlias] = useState(before);
  const save = useAwsChange(
    () => iam().send(new CreateAccountAliasCommand({ AccountAlias: alias })),
    [["iam", "ListAccountAliases"]],
  );
  return (
    <FormModal
      title={before ? "Edit account alias" : "Create account alias"}
      verb="Save changes"
      ready={alias !== "" && alias !== before}
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync();
        await invalidateSession();
        notify({ type: "success", header: `The account alias is ${alias}.` });
      }}
    >
      <FormField
        label="Preferred alias"
        constraintText="Must be not more than 63 characters. Valid characters are a-z, 0-9, and - (hyphen)."
        description={alias ? `New sign-in URL: ${location.origin}/console/signin/${alias}` : undefined}
      >
        <Input value={alias} autoFocus onChange={({ detail }) => setAlias(detail.value)} />
      </FormField>
    </FormModal>
  );
}
