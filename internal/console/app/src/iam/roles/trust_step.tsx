import Alert from "@cloudscape-design/components/alert";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { usePrincipal } from "../../session/session";
import { JSONEditor } from "../policies/json_editor";
import { FederationFields } from "./federation_fields";
import { entityTypes, missing, type EntityType, type TrustChoice } from "./trust";

interface TrustStepProps {
  trust: TrustChoice;
  onChange: (trust: TrustChoice) => void;
  /** What is missing is said. */
  checked: boolean;
}

/** The trusted entity of a new role. */
export function TrustStep({ trust, onChange, checked }: TrustStepProps) {
  const set = (changed: Partial<TrustChoice>) => onChange({ ...trust, ...changed });
  const fault = checked ? missing(trust) : undefined;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Trusted entity type</Header>}>
        <Tiles
          ariaLabel="Trusted entity type"
          value={trust.type}
          items={entityTypes.map(({ id, ...text }) => ({ value: id, ...text }))}
          onChange={({ detail }) => set({ type: detail.value as EntityType, provider: "", audience: "" })}
        />
      </Container>
      {trust.type === "account" && <AccountFields trust={trust} set={set} />}
      {(trust.type === "web" || trust.type === "saml") && <FederationFields trust={trust} set={set} />}
      {trust.type === "custom" && (
        <Container header={<Header variant="h2">Custom trust policy</Header>}>
          <JSONEditor
            label="Trust policy"
            purpose="trust"
            value={trust.document}
            onChange={(document) => set({ document })}
          />
        </Container>
      )}
      {fault && <Alert type="error">{fault}</Alert>}
    </SpaceBetween>
  );
}

function AccountFields({ trust, set }: { trust: TrustChoice; set: (changed: Partial<TrustChoice>) => void }) {
  const { Account } = usePrincipal();
  return (
    <Container header={<Header variant="h2">An AWS account</Header>}>
      <SpaceBetween size="l">
        <RadioGroup
          ariaLabel="An AWS account"
          value={trust.another ? "another" : "this"}
          items={[
            { value: "this", label: `This account (${Account})` },
            { value: "another", label: "Another AWS account" },
          ]}
          onChange={({ detail }) => set({ another: detail.value === "another" })}
        />
        {trust.another && (
          <FormField label="Account ID" constraintText="Account ID is a 12-digit number.">
            <Input inputMode="numeric" value={trust.account} onChange={({ detail }) => set({ account: detail.value.replace(/\D/g, "") })} />
          </FormField>
        )}
        <div>
          {trust.another && (
            <Checkbox
              checked={trust.useExternalId}
              description="Best practice when a third party will assume this role: only who knows the ID can."
              onChange={({ detail }) => set({ useExternalId: detail.checked })}
            >
              Require external ID
            </Checkbox>
          )}
          <Checkbox
            checked={trust.mfa}
            description="Requires that the assuming entity uses multi-factor authentication."
            onChange={({ detail }) => set({ mfa: detail.checked })}
          >
            Require MFA
          </Checkbox>
        </div>
        {trust.another && trust.useExternalId && (
          <FormField label="External ID" constraintText="2 to 1,224 characters. The console can't switch to a role that wants one.">
            <Input value={trust.externalId} onChange={({ detail }) => set({ externalId: detail.value })} />
          </FormField>
        )}
      </SpaceBetween>
    </Container>
  );
}
