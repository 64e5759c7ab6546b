import { GetAccountInformationCommand } from "@aws-sdk/client-account";
import { ListAccountAliasesCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs, { type KeyValuePairsProps } from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { account } from "../aws/account";
import { isDenied } from "../aws/errors";
import { iam } from "../aws/iam";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { Time } from "../parts/time";
import { signin } from "../session/api";
import { ChangePassword } from "../session/change_password";
import { rootRules } from "../session/new_password";
import { usePrincipal } from "../session/session";
import { ChangeEmail } from "./change_email";
import { ChangeName } from "./change_name";

/** What the account is called, and how one signs in to it. Each fact is there for those who may see it. */
export function Details({ root }: { root: boolean }) {
  const principal = usePrincipal();
  const [changing, setChanging] = useState<"name" | "email" | "password">();
  const information = useAws(["account", "GetAccountInformation"], () => account().send(new GetAccountInformationCommand({})));
  const alias = useAws(["iam", "ListAccountAliases"], async () => {
    const { AccountAliases } = await iam().send(new ListAccountAliasesCommand({}));
    return AccountAliases?.[0] ?? "";
  });
  const close = () => setChanging(undefined);
  const name = information.data?.AccountName ?? principal.AccountName ?? "";
  const items: KeyValuePairsProps.Item[] = [
    { label: "Account ID", value: <Copy text={principal.Account} /> },
    { label: "Account name", value: name || "–" },
    { label: "Account alias", value: known(alias) ?? (alias.data || <Link href="/console/iam">Create one in IAM</Link>) },
    { label: "Created", value: known(information) ?? <Time at={information.data?.AccountCreatedDate} /> },
    { label: "Sign-in URL for IAM users", value: <Copy text={`${location.origin}/console/signin/${alias.data || principal.Account}`} /> },
  ];
  if (root) items.push({ label: "Root user email address", value: principal.Email ?? "–" });
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Actions>
              <Button onClick={() => setChanging("name")}>Edit name</Button>
              {root && <Button onClick={() => setChanging("email")}>Edit email address</Button>}
              {root && <Button onClick={() => setChanging("password")}>Change password</Button>}
            </Actions>
          }
        >
          Account details
        </Header>
      }
    >
      <KeyValuePairs columns={3} minColumnWidth={220} items={items} />
      {changing === "name" && <ChangeName name={name} onClose={close} />}
      {changing === "email" && <ChangeEmail onClose={close} />}
      {changing === "password" && (
        <ChangePassword
          title="Change root user password"
          rules={rootRules}
          change={signin.changePassword}
          done={{ header: "Your password has been changed.", content: "Your other sessions have ended." }}
          onClose={close}
        />
      )}
    </Container>
  );
}

/** What stands for a fact that is not there; undefined if it is. */
function known({ data, error }: { data: unknown; error: Error | null }): string | undefined {
  if (data !== undefined) return undefined;
  if (!error) return "Loading";
  return isDenied(error) ? "You may not see this" : error.message;
}
