// Create role: the steps of "IAM role creation" (IAM User Guide).
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Wizard from "@cloudscape-design/components/wizard";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { useAwsChange } from "../../aws/query";
import { Failure } from "../../parts/failure";
import type { TagValue } from "../../parts/tag_fields";
import { usePrincipal } from "../../session/session";
import { navigate } from "../../shell/links";
import { useNotifications } from "../../shell/notifications";
import { Page } from "../../shell/page";
import { leave, useUnsaved } from "../../shell/unsaved";
import { BoundaryOption } from "../boundary_option";
import { nameFault } from "../names";
import { policiesOf, principalPage } from "../permissions";
import { PolicyPicker } from "../../parts/policy_picker";
import { ReviewRole, type RoleDetails } from "./review_role";
import { missing, noTrust, trustPolicy } from "./trust";
import { TrustStep } from "./trust_step";

export default function CreateRole() {
  const { notify } = useNotifications();
  const { Account } = usePrincipal();
  const [step, setStep] = useState(0);
  const [trust, setTrust] = useState(noTrust);
  const [policies, setPolicies] = useState<string[]>([]);
  const [boundary, setBoundary] = useState<string>();
  const [details, setDetails] = useState<RoleDetails>({ name: "", description: "" });
  const [tags, setTags] = useState<TagValue[]>([]);
  const [checked, setChecked] = useState(false);
  const document = trustPolicy(trust, Account);
  const create = useAwsChange(async () => {
    await iam().send(
      new CreateRoleCommand({
        RoleName: details.name,
        Description: details.description || undefined,
        AssumeRolePolicyDocument: document,
        PermissionsBoundary: boundary,
        Tags: tags,
      }),
    );
    // From here on there is a role. What fails is told, and can be done on the role's page.
    const role = policiesOf({ kind: "role", name: details.name });
    const attached = await Promise.allSettled(policies.map((arn) => role.attach(arn)));
    return attached.flatMap((a) => (a.status === "rejected" ? [String((a.reason as Error).message)] : []));
  }, [["iam"]]);
  useUnsaved(trust !== noTrust || details.name !== "");
  const submit = async () => {
    setChecked(true);
    if (!details.name || nameFault("role", details.name)) return;
    const failures = await create.mutateAsync();
    notify(
      failures.length
        ? { type: "warning", header: `Role ${details.name} created, without some of its policies.`, content: failures.join(" ") }
        : { type: "success", header: `Role ${details.name} created.` },
    );
    navigate(principalPage({ kind: "role", name: details.name }));
  };
  return (
    <Page
      heading={false}
      title="Create role"
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Roles", "/console/iam/roles"],
      ]}
    >
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => {
          const faulty = step === 0 && missing(trust) !== undefined;
          setChecked(faulty);
          if (!faulty) setStep(detail.requestedStepIndex);
        }}
        onCancel={() => leave("/console/iam/roles")}
        onSubmit={() => void submit().catch(() => {})}
        isLoadingNextStep={create.isPending}
        submitButtonText="Create role"
        i18nStrings={{
          stepNumberLabel: (n) => `Step ${n}`,
          collapsedStepsLabel: (n, of) => `Step ${n} of ${of}`,
          navigationAriaLabel: "Steps",
        }}
        steps={[
          {
            title: "Select trusted entity",
            description: "Choose who can assume the role.",
            content: <TrustStep trust={trust} onChange={setTrust} checked={checked} />,
          },
          {
            title: "Add permissions",
            description: "Choose what those who assume the role may do.",
            content: (
              <SpaceBetween size="l">
                <PolicyPicker selected={policies} onChange={setPolicies} />
                <BoundaryOption boundary={boundary} onChange={setBoundary} />
              </SpaceBetween>
            ),
          },
          {
            title: "Name, review, and create",
            content: (
              <SpaceBetween size="l">
                <ReviewRole
                  details={details}
                  onDetails={setDetails}
                  checked={checked}
                  document={document}
                  policies={policies}
                  boundary={boundary}
                  tags={tags}
                  onTags={setTags}
                  onEdit={setStep}
                />
                {create.error && <Failure error={create.error} />}
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Page>
  );
}
