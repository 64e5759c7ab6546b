// Create access key: the three steps of AWS's console.
import { CreateAccessKeyCommand, type AccessKey } from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Wizard from "@cloudscape-design/components/wizard";
import { useState } from "react";
import { useParams } from "../shell/params";
import { iam } from "../aws/iam";
import { useAwsChange } from "../aws/query";
import { Failure } from "../parts/failure";
import { usePrincipal } from "../session/session";
import { navigate } from "../shell/links";
import { Page } from "../shell/page";
import { describeKey } from "./access_keys";
import { KeyUseCase } from "./access_key_use_case";
import { KeyCreated } from "./access_key_created";
import { principalPage } from "./permissions";

interface Made {
  key: AccessKey;
  /** Why the key has no description. */
  undescribed?: unknown;
}

/** For the user of the address; without one it is for oneself. */
export default function CreateAccessKey() {
  const { user } = useParams<{ user?: string }>();
  const principal = usePrincipal();
  const own = user === undefined;
  const name = user ?? principal.Name;
  const back = own ? "/console/iam/security-credentials" : `${principalPage({ kind: "user", name })}?section=security_credentials`;
  const [step, setStep] = useState(0);
  const [use, setUse] = useState("");
  const [missing, setMissing] = useState(false);
  const [description, setDescription] = useState("");
  const create = useAwsChange(async (): Promise<Made> => {
    const key = (await iam().send(new CreateAccessKeyCommand({ UserName: name }))).AccessKey!;
    if (!description) return { key };
    return describeKey(name, key.AccessKeyId!, description).then(
      () => ({ key }),
      (undescribed: unknown) => ({ key, undescribed }),
    );
  }, [["iam"]]);
  const breadcrumbs: [string, string][] = own
    ? [
        ["IAM", "/console/iam"],
        ["My security credentials", back],
      ]
    : [
        ["IAM", "/console/iam"],
        ["Users", "/console/iam/users"],
        [name, back],
      ];
  if (create.data) {
    return (
      <Page title="Retrieve access keys" breadcrumbs={breadcrumbs}>
        <SpaceBetween size="l">
          {create.data.undescribed !== undefined && <Failure error={create.data.undescribed} />}
          <KeyCreated accessKey={create.data.key} back={back} />
        </SpaceBetween>
      </Page>
    );
  }
  return (
    <Page heading={false} title="Create access key" breadcrumbs={breadcrumbs}>
      <Wizard
        activeStepIndex={step}
        onNavigate={({ detail }) => {
          setMissing(!use);
          if (use) setStep(detail.requestedStepIndex);
        }}
        onCancel={() => navigate(back)}
        onSubmit={() => create.mutate()}
        isLoadingNextStep={create.isPending}
        submitButtonText="Create access key"
        i18nStrings={{
          stepNumberLabel: (n) => `Step ${n}`,
          collapsedStepsLabel: (n, of) => `Step ${n} of ${of}`,
          navigationAriaLabel: "Steps",
        }}
        steps={[
          {
            title: "Access key best practices & alternatives",
            description: "Avoid using long-term credentials like access keys to improve your security. Consider the following use cases and alternatives.",
            content: <KeyUseCase value={use} onChange={setUse} missing={missing && !use} />,
          },
          {
            title: "Set description tag",
            isOptional: true,
            description:
              "The description for this access key will be attached to this user as a tag and shown alongside the access key.",
            content: (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">Description</Header>}>
                  <FormField
                    label="Description tag value"
                    description="Describe the purpose of this access key and where it will be used. A good description will help you rotate this access key confidently later."
                    constraintText="Maximum 256 characters. Allowed characters are letters, numbers, spaces representable in UTF-8, and: _ . : / = + - @"
                  >
                    <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
                  </FormField>
                </Container>
                {create.error && <Failure error={create.error} />}
              </SpaceBetween>
            ),
          },
        ]}
      />
    </Page>
  );
}
