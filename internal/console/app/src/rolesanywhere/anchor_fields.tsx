import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { nameFault, nameRule } from "./names";
import { PemField, pemFault } from "./pem_field";

export interface AnchorDraft {
  name: string;
  certificates: string;
}

/** What is wrong with a draft. */
export const anchorFaults = ({ name, certificates }: AnchorDraft) =>
  [nameFault(name), pemFault(certificates, "CERTIFICATE")].filter((fault) => fault !== undefined);

interface AnchorFieldsProps {
  draft: AnchorDraft;
  onChange: (draft: AnchorDraft) => void;
  /** Faults are shown. */
  checked: boolean;
}

/** What a trust anchor is made of. */
export function AnchorFields({ draft, onChange, checked }: AnchorFieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField label="Trust anchor name" constraintText={nameRule} errorText={checked && nameFault(draft.name)}>
        <Input value={draft.name} onChange={({ detail }) => onChange({ ...draft, name: detail.value })} />
      </FormField>
      <PemField
        label="External certificate bundle"
        description="The certificate of your authority: of a company, of Vault, step-ca, SPIRE, Active Directory, or one that openssl made."
        constraintText="One or two certificates of authorities in PEM, which may sign others (CA:TRUE, key usage Certificate Sign)."
        block="CERTIFICATE"
        value={draft.certificates}
        onChange={(certificates) => onChange({ ...draft, certificates })}
        errorText={checked && pemFault(draft.certificates, "CERTIFICATE")}
      />
    </SpaceBetween>
  );
}
