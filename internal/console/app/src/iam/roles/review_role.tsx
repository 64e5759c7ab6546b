import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import Textarea from "@cloudscape-design/components/textarea";
import { CodeEditor } from "../../parts/code_editor";
import { TagFields, type TagValue } from "../../parts/tag_fields";
import { nameFault } from "../names";
import { policyNameOf, policyType } from "../../parts/policies";

export interface RoleDetails {
  name: string;
  description: string;
}

interface ReviewRoleProps {
  details: RoleDetails;
  onDetails: (details: RoleDetails) => void;
  checked: boolean;
  /** The trust policy. */
  document: string;
  policies: string[];
  boundary: string | undefined;
  tags: TagValue[];
  onTags: (tags: TagValue[]) => void;
  /** Goes back to a step. */
  onEdit: (step: number) => void;
}

export function ReviewRole(props: ReviewRoleProps) {
  const { details, onDetails, onEdit, boundary } = props;
  const rows = [
    ...props.policies.map((arn) => ({ arn, use: "Permissions policy" })),
    ...(boundary ? [{ arn: boundary, use: "Permissions boundary" }] : []),
  ];
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Role details</Header>}>
        <SpaceBetween size="l">
          <FormField
            label="Role name"
            description="Enter a meaningful name to identify this role."
            constraintText="Maximum 64 characters. Use alphanumeric and '+=,.@-_' characters."
            errorText={nameFault("role", details.name) || (props.checked && !details.name && "Enter a name.")}
          >
            <Input value={details.name} onChange={({ detail }) => onDetails({ ...details, name: detail.value })} />
          </FormField>
          <FormField
            label="Description - optional"
            description="Add a short explanation for this role."
            constraintText="Maximum 1000 characters."
          >
            <Textarea
              value={details.description}
              onChange={({ detail }) => onDetails({ ...details, description: detail.value })}
            />
          </FormField>
        </SpaceBetween>
      </Container>
      <Container
        header={
          <Header variant="h2" actions={<Button ariaLabel="Edit trusted entities" onClick={() => onEdit(0)}>Edit</Button>}>
            Step 1: Select trusted entities
          </Header>
        }
      >
        <CodeEditor label="Trust policy" value={props.document} />
      </Container>
      <Table
        items={rows}
        trackBy={(r) => r.use + r.arn}
        ariaLabels={{ tableLabel: "Permissions policy summary" }}
        header={
          <Header variant="h2" actions={<Button ariaLabel="Edit permissions" onClick={() => onEdit(1)}>Edit</Button>}>
            Step 2: Add permissions
          </Header>
        }
        empty={<Box>No permissions: who assumes the role can do nothing until you add some.</Box>}
        columnDefinitions={[
          { id: "name", header: "Policy name", cell: (r) => policyNameOf(r.arn), isRowHeader: true },
          { id: "type", header: "Type", cell: (r) => policyType(r.arn) },
          { id: "use", header: "Attached as", cell: (r) => r.use },
        ]}
      />
      <Container header={<Header variant="h2">Step 3: Add tags - optional</Header>}>
        <TagFields tags={props.tags} onChange={props.onTags} />
      </Container>
    </SpaceBetween>
  );
}
