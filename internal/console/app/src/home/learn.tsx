import Box from "@cloudscape-design/components/box";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";

const here: [text: string, href: string, description: string][] = [
  ["Tables", "/console/dynamodb/tables", "Create tables, see their settings and metrics"],
  ["Explore items", "/console/dynamodb/explore", "Query, scan and change items"],
  ["Users", "/console/iam/users", "Who may do what"],
  ["Connect", "/console/connect", "Settings for the AWS CLI, SDKs and tools"],
];

const documentation: [text: string, href: string][] = [
  ["Amazon DynamoDB Developer Guide", "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"],
  ["IAM User Guide", "https://docs.aws.amazon.com/IAM/latest/UserGuide/"],
  ["AWS CLI: dynamodb", "https://docs.aws.amazon.com/cli/latest/reference/dynamodb/"],
  ["Stator's guides", "https://github.com/statordb/stator/tree/main/docs"],
];

/** Where to go from here. */
export function Learn() {
  return (
    <Container fitHeight header={<Header variant="h2">Explore</Header>}>
      <ColumnLayout columns={2}>
        <ul className="plain">
          {here.map(([text, href, description]) => (
            <li key={href}>
              <Link href={href}>{text}</Link>
              <Box color="text-body-secondary" fontSize="body-s">
                {description}
              </Box>
            </li>
          ))}
        </ul>
        <div>
          <Box variant="h3" padding={{ top: "n" }}>
            Documentation
          </Box>
          <ul className="plain">
            {documentation.map(([text, href]) => (
              <li key={href}>
                <Link external href={href} externalIconAriaLabel="Opens in a new tab">
                  {text}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      </ColumnLayout>
    </Container>
  );
}
