// What a new account needs, from what is there: nothing is ticked off by hand.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { isDenied } from "../aws/errors";
import { useSession } from "../session/session";
import { useHasAccessKey, useHasTable, useSummary, type Answer } from "./checks";

export interface Step {
  text: string;
  why: string;
  href: string;
  answer: Answer;
}

export function Checklist({ steps }: { steps: Step[] }) {
  const done = steps.filter((s) => s.answer.data).length;
  return (
    <Container
      fitHeight
      header={
        <Header variant="h2" counter={`(${done}/${steps.length})`} description="From a new account to the first item.">
          Get started
        </Header>
      }
    >
      <ol className="plain steps">
        {steps.map((s) => (
          <li key={s.text}>
            <div className="step">
              <Link href={s.href}>{s.text}</Link>
              <State answer={s.answer} />
            </div>
            <Box color="text-body-secondary" fontSize="body-s">
              {s.why}
            </Box>
          </li>
        ))}
      </ol>
    </Container>
  );
}

/** The steps, none for somebody who may see the state of none. */
export function useSteps(): Step[] {
  const { OpenAuth: open } = useSession();
  const summary = useSummary(!open);
  const key = useHasAccessKey(!open);
  const table = useHasTable();
  const identity: Step[] = [
    {
      text: "Secure the root user with MFA",
      why: "Sign in as the root user, and add an authenticator app or a device.",
      href: "/console/iam/security-credentials",
      answer: { data: summary.data && summary.data.rootHasMFA, error: summary.error },
    },
    {
      text: "Create an administrator",
      why: "An IAM user for everyday work, so that the root user can rest.",
      href: "/console/iam/create-user",
      answer: { data: summary.data && summary.data.users > 0, error: summary.error },
    },
    {
      text: "Create an access key",
      why: "For the AWS CLI, SDKs and tools. The secret is shown once.",
      href: "/console/iam/users",
      answer: key,
    },
  ];
  const steps = [
    ...(open ? [] : identity),
    { text: "Create the first table", why: "It needs a name and a partition key.", href: "/console/dynamodb/create-table", answer: table },
  ];
  return steps.every(({ answer: { data, error } }) => data === undefined && isDenied(error)) ? [] : steps;
}

function State({ answer }: { answer: Answer }) {
  if (answer.data !== undefined) {
    return answer.data ? <StatusIndicator>Done</StatusIndicator> : <StatusIndicator type="pending">To do</StatusIndicator>;
  }
  if (!answer.error) return <StatusIndicator type="loading">Loading</StatusIndicator>;
  return isDenied(answer.error) ? (
    <StatusIndicator type="info">You may not see this</StatusIndicator>
  ) : (
    <StatusIndicator type="warning">Not known</StatusIndicator>
  );
}
