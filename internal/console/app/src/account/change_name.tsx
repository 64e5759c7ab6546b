import { PutAccountNameCommand } from "@aws-sdk/client-account";
import { useState } from "react";
import { account } from "../aws/account";
import { queryClient, useAwsChange } from "../aws/query";
import { accountNameFault } from "../parts/account_name";
import { AccountNameField } from "../parts/account_name_field";
import { FormModal } from "../parts/form_modal";
import { sessionKey } from "../session/api";
import { useNotifications } from "../shell/notifications";

export function ChangeName({ name, onClose }: { name: string; onClose: () => void }) {
  const [text, setText] = useState(name);
  const { notify } = useNotifications();
  const change = useAwsChange(async () => {
    await account().send(new PutAccountNameCommand({ AccountName: text.trim() }));
    notify({ type: "success", header: "The account's name has been changed." });
    await queryClient.invalidateQueries({ queryKey: sessionKey });
  }, [["account"]]);
  return (
    <FormModal title="Edit account name" verb="Save changes" ready={text.trim() !== "" && !accountNameFault(text)} onSubmit={() => change.mutateAsync()} onClose={onClose}>
      <AccountNameField value={text} autoFocus onChange={setText} />
    </FormModal>
  );
}
