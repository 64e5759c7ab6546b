import { useState } from "react";
import Button from "@cloudscape-design/components/button";
import { useParams } from "../../shell/params";
import { navigate } from "../../shell/links";
import { Page } from "../../shell/page";
import { DeleteProvider } from "./delete_provider";
import { isSAML, nameOf } from "./list";
import { OIDCProvider } from "./oidc_provider";
import { SAMLProvider } from "./saml_provider";

export default function ProviderPage() {
  const { provider: arn } = useParams<{ provider: string }>();
  const [deleting, setDeleting] = useState(false);
  return (
    <Page
      title={nameOf(arn)}
      breadcrumbs={[
        ["IAM", "/console/iam"],
        ["Identity providers", "/console/iam/providers"],
      ]}
      actions={<Button onClick={() => setDeleting(true)}>Delete</Button>}
    >
      {isSAML(arn) ? <SAMLProvider arn={arn} /> : <OIDCProvider arn={arn} />}
      {deleting && (
        <DeleteProvider arn={arn} onDeleted={() => navigate("/console/iam/providers")} onClose={() => setDeleting(false)} />
      )}
    </Page>
  );
}
