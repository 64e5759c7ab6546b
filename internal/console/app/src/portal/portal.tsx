// The access portal: the accounts that a person may use, and the roles in each.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { useAws } from "../aws/query";
import { Loaded } from "../parts/loaded";
import { Page } from "../shell/page";
import { AccessKeys } from "./access_keys";
import { people, type Account, type Person, type PersonSession, type Role } from "../session/people";
import { Frame } from "./frame";
import "./portal.css";

export default function Portal() {
  return <Frame>{(person) => <Accounts person={person} />}</Frame>;
}

function Accounts({ person }: { person: PersonSession & Person }) {
  const accounts = useAws(["people", "accounts"], async () => (await people.accounts()).Accounts);
  const [keysOf, setKeysOf] = useState<{ account: Account; role: Role }>();
  return (
    <Page title="AWS access portal" description={`Welcome, ${person.DisplayName || person.UserName}.`}>
      <SpaceBetween size="l">
        {!person.MFARegistered && person.Source.Kind === "directory" && (
          <Alert type="info" action={<Button href="/console/portal/security">Register MFA device</Button>}>
            You have no MFA device. With one, your password alone is of no use to whoever finds it out.
          </Alert>
        )}
        <Loaded query={accounts}>
          {(all) => <List accounts={all} onKeys={(account, role) => setKeysOf({ account, role })} />}
        </Loaded>
      </SpaceBetween>
      {keysOf && <AccessKeys {...keysOf} onClose={() => setKeysOf(undefined)} />}
    </Page>
  );
}

interface ListProps {
  accounts: Account[];
  onKeys: (account: Account, role: Role) => void;
}

function List({ accounts, onKeys }: ListProps) {
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const shown = accounts.filter((a) => [a.AccountName, a.AccountId, a.Email].some((of) => of.toLowerCase().includes(wanted)));
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${accounts.length})`} description="Choose an account to see the roles that you have in it.">
          Accounts
        </Header>
      }
    >
      <SpaceBetween size="m">
        {accounts.length > 0 && (
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Filter accounts by name, ID, or email address"
            filteringAriaLabel="Filter accounts by name, ID, or email address"
            countText={wanted && (shown.length === 1 ? "1 match" : `${shown.length} matches`)}
            onChange={({ detail }) => setText(detail.filteringText)}
          />
        )}
        {accounts.length === 0 && (
          <Box textAlign="center" color="text-body-secondary" padding="l">
            <Box variant="strong">You have no accounts yet</Box>
            <div>An administrator gives you, or a group that you are in, access to accounts. Until then there is nothing here.</div>
          </Box>
        )}
        {shown.map((account) => (
          <ExpandableSection
            key={account.AccountId}
            headerText={account.AccountName || account.AccountId}
            headerDescription={[account.AccountId, account.Email].filter(Boolean).join(" | ")}
            defaultExpanded={accounts.length === 1}
          >
            <ul className="roles" aria-label={`Roles in ${account.AccountName || account.AccountId}`}>
              {account.Roles.map((role) => (
                <li key={role.Name}>
                  <Box variant="strong">{role.Name}</Box>
                  <span className="ways">
                    <Link href={consoleLink(account, role)} target="_blank" ariaLabel={`Management console as ${role.Name}`}>
                      Management console
                    </Link>
                    <Button variant="inline-link" ariaLabel={`Access keys of ${role.Name}`} onClick={() => onKeys(account, role)}>
                      Access keys
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
          </ExpandableSection>
        ))}
      </SpaceBetween>
    </Container>
  );
}

/** It can be kept as a bookmark: it asks who is not signed in to do so. */
const consoleLink = ({ AccountId }: Account, { Name }: Role) =>
  `/console/portal/console?${new URLSearchParams({ account_id: AccountId, role_name: Name })}`;
