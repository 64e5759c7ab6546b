import SpaceBetween from "@cloudscape-design/components/space-between";
import { SectionTabs } from "../parts/section_tabs";
import { Page } from "../shell/page";
import { AttributesForAccessControl } from "./access_control";
import { Authentication } from "./authentication";
import { InCenter, root, type Center } from "./center";
import { IdentitySource } from "./identity_source";
import { InstanceDetails } from "./instance_details";
import { Provisioning } from "./provisioning";

export default function SettingsPage() {
  return <InCenter title="Settings">{(center) => <Settings center={center} />}</InCenter>;
}

function Settings({ center }: { center: Center }) {
  return (
    <Page title="Settings" breadcrumbs={[root]}>
      <SpaceBetween size="l">
        <InstanceDetails arn={center.arn} />
        <SectionTabs
          label="Settings"
          tabs={[
            { id: "identity_source", label: "Identity source", content: <IdentitySource store={center.store} /> },
            { id: "authentication", label: "Authentication", content: <Authentication arn={center.arn} /> },
            { id: "provisioning", label: "Automatic provisioning", content: <Provisioning store={center.store} /> },
            { id: "attributes", label: "Attributes for access control", content: <AttributesForAccessControl arn={center.arn} /> },
          ]}
        />
      </SpaceBetween>
    </Page>
  );
}
