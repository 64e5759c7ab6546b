import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

interface UseCase {
  value: string;
  label: string;
  description: string;
  /** What would be better. */
  alternative: ReactNode;
}

const terminal = (
  <>
    The <Link href="/console/terminal">terminal</Link> of this console runs commands as you, without a key.
  </>
);
const role = (
  <>
    Where the program can assume a <Link href="/console/iam/roles">role</Link>, its credentials are temporary, and nobody has to
    rotate them.
  </>
);

const cases: UseCase[] = [
  {
    value: "cli",
    label: "Command Line Interface (CLI)",
    description: "You plan to use this access key to enable the AWS CLI to access your account.",
    alternative: terminal,
  },
  {
    value: "code",
    label: "Local code",
    description: "You plan to use this access key to enable application code in a local development environment to access your account.",
    alternative: "Keep the key in the shared credentials file or in the environment, never in the code.",
  },
  {
    value: "compute",
    label: "Application running on a compute service",
    description: "You plan to use this access key to enable application code on a server, a container or a function to access your account.",
    alternative: role,
  },
  {
    value: "third-party",
    label: "Third-party service",
    description: "You plan to use this access key to enable access for a third-party application or service that monitors or manages your resources.",
    alternative: "Give each third party a user of its own, with what it needs and nothing else.",
  },
  {
    value: "outside",
    label: "Application running outside",
    description: "You plan to use this access key to authenticate workloads running in your data center or other infrastructure.",
    alternative: role,
  },
  {
    value: "other",
    label: "Other",
    description: "Your use case is not listed here.",
    alternative: "Give the key's user the least permissions, rotate the key, and deactivate it when nobody needs it any more.",
  },
];

interface KeyUseCaseProps {
  value: string;
  onChange: (value: string) => void;
  missing: boolean;
}

/** Asks what a key is for, and says what would be better. */
export function KeyUseCase({ value, onChange, missing }: KeyUseCaseProps) {
  const chosen = cases.find((c) => c.value === value);
  return (
    <Container header={<Header variant="h2">Use case</Header>}>
      <SpaceBetween size="l">
        <FormField label="What the key is for" errorText={missing && "Select a use case."}>
          <RadioGroup
            ariaRequired
            value={value || null}
            items={cases.map(({ value, label, description }) => ({ value, label, description }))}
            onChange={({ detail }) => onChange(detail.value)}
          />
        </FormField>
        {chosen && (
          <Alert type="info" header="Alternative recommended">
            {chosen.alternative}
          </Alert>
        )}
      </SpaceBetween>
    </Container>
  );
}
