import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { DeleteModal } from "../parts/delete_modal";
import { Time } from "../parts/time";
import { signOut, usePrincipal } from "../session/session";

/** Who is signed in, for how long, and the way to end it wherever it is. */
export function Sessions() {
  const principal = usePrincipal();
  const [asking, setAsking] = useState(false);
  return (
    <Container header={<Header variant="h2" actions={<Button onClick={() => setAsking(true)}>Sign out everywhere</Button>}>Your session</Header>}>
      <KeyValuePairs
        columns={3}
        minColumnWidth={220}
        items={[
          { label: "Signed in as", value: <span className="breaks">{principal.Arn}</span> },
          { label: "Since", value: <Time at={new Date(principal.SignedInAt)} /> },
          { label: "Ends, if you do nothing", value: <Time at={new Date(principal.Expires)} /> },
          { label: "MFA", value: principal.MFA ? "Used" : "Not used" },
        ]}
      />
      {asking && (
        <DeleteModal title="Sign out everywhere?" verb="Sign out" onDelete={() => signOut(true)} onClose={() => setAsking(false)}>
          All of your console sessions end, in this browser and in all others. Access keys go on working.
        </DeleteModal>
      )}
    </Container>
  );
}
