// Credentials of a role to copy: "Get credentials for …" of AWS's access portal.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { Loaded } from "../parts/loaded";
import { Snippets } from "../parts/snippets";
import { Time } from "../parts/time";
import { people, type Account, type Role } from "../session/people";
import { centerSettings, credentialsFile, environment, type Of, type Shell } from "./key_settings";

interface AccessKeysProps {
  account: Account;
  role: Role;
  onClose: () => void;
}

const shells: [Shell, string][] = [
  ["posix", "macOS and Linux"],
  ["windows", "Windows"],
  ["powershell", "PowerShell"],
];

export function AccessKeys({ account, role, onClose }: AccessKeysProps) {
  const [shell, setShell] = useState<Shell>(/Windows/.test(navigator.userAgent) ? "powershell" : "posix");
  const [times, setTimes] = useState(0);
  const credentials = useAws(["people", "credentials", account.AccountId, role.Name, times], () =>
    people.credentials({ AccountId: account.AccountId, RoleName: role.Name }),
  );
  return (
    <Modal
      visible
      size="large"
      header={`Get credentials for ${role.Name}`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Actions>
            <Button iconName="refresh" loading={credentials.isFetching} onClick={() => setTimes(times + 1)}>
              Get new credentials
            </Button>
            <Button variant="primary" onClick={onClose}>
              Close
            </Button>
          </Actions>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>
          Use any of the following options to get credentials for {account.AccountName || account.AccountId} ({account.AccountId}) in the AWS CLI or
          in programs. You can get new ones as often as you need.
        </div>
        <Loaded query={credentials}>
          {(credentials) => (
            <Tabs
              ariaLabel="Operating system"
              activeTabId={shell}
              onChange={({ detail }) => setShell(detail.activeTabId as Shell)}
              tabs={shells.map(([id, label]) => ({
                id,
                label,
                content: <Options shell={id} of={{ endpoint: location.origin, account: account.AccountId, role: role.Name, credentials }} />,
              }))}
            />
          )}
        </Loaded>
      </SpaceBetween>
    </Modal>
  );
}

function Options({ shell, of }: { shell: Shell; of: Of }) {
  const { credentials: c } = of;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h3"
        description="The AWS CLI gets credentials by itself, and new ones when they expire. Configure it once with aws configure sso."
      >
        AWS IAM Identity Center credentials (Recommended)
      </Header>
      <Values
        values={[
          ["SSO start URL", c.StartURL],
          ["SSO region", c.Region],
          ["Endpoint URL", of.endpoint],
        ]}
      />
      <Snippets snippets={centerSettings(shell, of)} />
      <Snippets snippets={environment(shell, of)} />
      <Snippets snippets={credentialsFile(shell, of)} />
      <Header variant="h3" description="For what asks for each by itself.">
        Option 3: Use individual values in your AWS service client
      </Header>
      <Values
        values={[
          ["AWS access key ID", c.AccessKeyId],
          ["AWS secret access key", c.SecretAccessKey],
          ["AWS session token", c.SessionToken],
        ]}
      />
      <Box color="text-body-secondary">
        Options 1 to 3 work until <Time at={new Date(c.Expiration)} />.
      </Box>
    </SpaceBetween>
  );
}

function Values({ values }: { values: [string, string][] }) {
  return (
    <KeyValuePairs
      columns={1}
      items={values.map(([label, text]) => ({ label, value: <span className="breaks"><Copy text={text} /></span> }))}
    />
  );
}
