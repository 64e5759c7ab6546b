import { UpdateRoleCommand, type Role } from "@aws-sdk/client-iam";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { iam } from "../../aws/iam";
import { useAwsChange } from "../../aws/query";
import { FormModal } from "../../parts/form_modal";
import { useNotifications } from "../../shell/notifications";
import { durations, durationText } from "./durations";

export function EditRole({ role, onClose }: { role: Role; onClose: () => void }) {
  const { notify } = useNotifications();
  const [description, setDescription] = useState(role.Description ?? "");
  const [duration, setDuration] = useState(role.MaxSessionDuration ?? 3600);
  const save = useAwsChange(
    () =>
      iam().send(new UpdateRoleCommand({ RoleName: role.RoleName, Description: description, MaxSessionDuration: duration })),
    [["iam"]],
  );
  return (
    <FormModal
      title={`Edit ${role.RoleName}`}
      verb="Save changes"
      onClose={onClose}
      onSubmit={async () => {
        await save.mutateAsync();
        notify({ type: "success", header: `Role ${role.RoleName} updated.` });
      }}
    >
      <FormField label="Description" constraintText="Maximum 1000 characters.">
        <Textarea value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
      <FormField
        label="Maximum session duration"
        description="How long sessions of the role can last at most. Who assumes the role may ask for less."
      >
        <Select
          selectedOption={{ value: String(duration), label: durationText(duration) }}
          options={durations.map((d) => ({ value: String(d), label: durationText(d) }))}
          onChange={({ detail }) => setDuration(Number(detail.selectedOption.value))}
        />
      </FormField>
    </FormModal>
  );
}
