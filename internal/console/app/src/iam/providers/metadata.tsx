import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import { useState } from "react";

interface MetadataFieldProps {
  onChange: (document: string) => void;
  errorText?: string | false;
}

/** The metadata document of a SAML provider, from a file. */
export function MetadataField({ onChange, errorText }: MetadataFieldProps) {
  const [files, setFiles] = useState<File[]>([]);
  return (
    <FormField
      label="Metadata document"
      description="This document is issued by your identity provider."
      constraintText="An XML document in UTF-8."
    >
      <FileUpload
        value={files}
        accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
        showFileSize
        errorText={errorText || undefined}
        onChange={({ detail }) => {
          setFiles(detail.value);
          const file = detail.value[0];
          if (!file) onChange("");
          else void file.text().then(onChange);
        }}
        i18nStrings={{
          uploadButtonText: () => "Choose file",
          dropzoneText: () => "Drop file to upload",
          removeFileAriaLabel: (i) => `Remove file ${i + 1}`,
          errorIconAriaLabel: "Error",
        }}
      />
    </FormField>
  );
}
