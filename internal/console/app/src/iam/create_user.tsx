// Create user: the steps of "Create an IAM user in your AWS account" (IAM User Guide).
import { CreateLoginProfileCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Wizard from "@cloudscape-design/components/wizard";
import { useState } from "react";
import { iam } from "../aws/iam";
import { useAwsChange } from "../aws/query";
import { Failure } from "../parts/failure";
import type { TagValue } from "../parts/tag_fields";
import { navigate } from "../shell/links";
import { useNotifications } from "../shell/notifications";
import { Page } from "../shell/page";
import { leave, useUnsaved } from "../shell/unsaved";
import { passwordOf } from "./console_password";
import { noDetails, UserDetailsStep } from "./create_user_details";
import { UserCreated, type Created } from "./create_user_result";
import { ReviewStep } from "./create_user_review";
import { nameFault } from "./names";
import { granting, grantsOf, noPermissions } from "./permission_choice";
import { principalPage } from "./permissions";
import { PermissionOptions } from "./permission_options";
import { BoundaryOption } from "./boundary_option";

export default function CreateUser() {
  const { notify } = useNotifications();
  const [step, setStep] = useState(0);
  const [details, setDetails] = useState(noDetails);
  const [permissions, setPermissions] = useState(noPermissions);
  const [boundary, setBoundary] = useState<string>();
  const [tags, setTags] = useState<TagValue[]>([]);
  const [checked, setChecked] = useState(false);
  const create = useAwsChange(async (): Promise<Created> => {
    const grants = await grantsOf(permissions, details.console && details.password.reset);
    const UserName = details.name;
    await iam().send(
      new CreateUserCommand({ UserName, Tags: tags, PermissionsBoundary: boundary ?? grants.boundary }),
    );
    // From here on there is a user. What fails is told, and can be done on the user's page.
    const made: Created = { user: UserName, failures: [] };
    const attempt = async (what: string, call: () => Promise<unknown>) => {
      await call().catch((error: unknown) => made.failures.push({ what, error }));
    };
    if (details.console) {
      const Password = await passwordOf(details.password);
      await attempt("Enable console access", async () => {
        await iam().send(new CreateLoginProfileCommand({ UserName, Password, PasswordResetRequired: details.password.reset }));
        made.password = Password;
      });
    }
    for (const [what, call] of granting(UserName, grants)) await attempt(what, call);
    return made;
  }, [["iam"]]);
  useUnsaved(details.name !== "" && !create.data);
  const submit = async () => {
    const made = await create.mutateAsync();
    if (made.password !== undefined || made.failures.length) return;
    notify({ type: "success", header: `User ${made.user} created.` });
    navigate(principalPage({ kind: "user", name: made.user }));
  };
  if (create.data && (create.data.password !== undefined || create.data.failures.length)) return <UserCreated made={create.data} />;
  const faulty = !details.name || nameFault("user", details.name) !== "" || (details.console && details.password.custom && !details.password.password);
  return (
    <Page
      heading={false}
      title="Create user"
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Users", "/console/iam/users"],
      ]}
    >
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => {
          setChecked(faulty);
          if (step > 0 || !faulty) setStep(detail.requestedStepIndex);
        }}
        onCancel={() => leave("/console/iam/users")}
        onSubmit={() => void submit().catch(() => {})}
        isLoadingNextStep={create.isPending}
        submitButtonText="Create user"
        i18nStrings={{
          stepNumberLabel: (n) => `Step ${n}`,
          collapsedStepsLabel: (n, of) => `Step ${n} of ${of}`,
          navigationAriaLabel: "Steps",
        }}
        steps={[
          {
            title: "Specify user details",
            content: (
              <UserDetailsStep
                value={details}
                onChange={(changed) => {
                  setDetails(changed);
                  setChecked(false);
                }}
                checked={checked}
              />
            ),
          },
          {
            title: "Set permissions",
            description:
              "Add user to an existing group or create a new one. Using groups is a best-practice way to manage user's permissions by job functions.",
            content: (
              <SpaceBetween size="l">
                <PermissionOptions value={permissions} onChange={setPermissions} />
                <BoundaryOption boundary={boundary} onChange={setBoundary} />
              </SpaceBetween>
            ),
          },
          {
            title: "Review and create",
            description:
              "Review your choices. After you create the user, you can view and download the autogenerated password, if enabled.",
            content: (
              <SpaceBetween size="l">
                <ReviewStep
                  details={details}
                  permissions={permissions}
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
