import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import type { FieldsProps } from "./change_source";

export function SamlFields({ value, onChange }: FieldsProps) {
  return (
    <Container header={<Header variant="h2" description="Your identity provider gives its metadata as a file, or at a URL.">Identity provider metadata</Header>}>
      <SpaceBetween size="l">
        <FormField label="Metadata URL" description="It is fetched from there every day.">
          <Input value={value.metadataUrl} inputMode="url" autoComplete={false} onChange={({ detail }) => onChange({ metadataUrl: detail.value })} />
        </FormField>
        {!value.metadataUrl && (
          <>
            <FormField label="IdP SAML metadata">
              <Textarea
                value={value.metadata}
                rows={6}
                spellcheck={false}
                placeholder="<EntityDescriptor …"
                onChange={({ detail }) => onChange({ metadata: detail.value })}
              />
            </FormField>
            <FormField label="Or its file">
              <FileUpload
                value={[]}
                accept=".xml"
                onChange={({ detail }) => void detail.value[0]?.text().then((metadata) => onChange({ metadata }))}
                i18nStrings={{
                  uploadButtonText: () => "Choose file",
                  dropzoneText: () => "Drop the metadata file here",
                  removeFileAriaLabel: () => "Remove file",
                }}
              />
            </FormField>
          </>
        )}
        <Checkbox
          checked={value.idpInitiated}
          description="Its page of applications can sign people in, without their coming from here first."
          onChange={({ detail }) => onChange({ idpInitiated: detail.checked })}
        >
          Allow sign-in that the provider begins
        </Checkbox>
      </SpaceBetween>
    </Container>
  );
}
