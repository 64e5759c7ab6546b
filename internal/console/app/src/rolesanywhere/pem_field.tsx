import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";

interface PemFieldProps {
  label: string;
  description: string;
  constraintText: string;
  /** What the text begins with: "CERTIFICATE". */
  block: string;
  value: string;
  onChange: (text: string) => void;
  errorText?: string | false;
}

/** A text in PEM, pasted or from a file. */
export function PemField({ label, description, constraintText, block, value, onChange, errorText }: PemFieldProps) {
  return (
    <FormField label={label} description={description} constraintText={constraintText} errorText={errorText} stretch>
      <SpaceBetween size="xs">
        <Textarea
          ariaLabel={label}
          value={value}
          rows={8}
          spellcheck={false}
          placeholder={`-----BEGIN ${block}-----`}
          onChange={({ detail }) => onChange(detail.value)}
        />
        <FileUpload
          value={[]}
          accept=".pem,.crt,.cer,.crl"
          onChange={({ detail }) => void detail.value[0]?.text().then(onChange)}
          i18nStrings={{
            uploadButtonText: () => "Choose file",
            dropzoneText: () => "Drop file here",
            removeFileAriaLabel: (i) => `Remove file ${i + 1}`,
            errorIconAriaLabel: "Error",
          }}
        />
      </SpaceBetween>
    </FormField>
  );
}

/** What is wrong with a text that should be in PEM. */
export function pemFault(text: string, block: string): string | undefined {
  return text.includes(`-----BEGIN ${block}-----`) ? undefined : `Enter text that begins with -----BEGIN ${block}-----.`;
}
