// A modal with some fields of text that become one request.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useAwsChange } from "../aws/query";
import { useNotifications } from "../shell/notifications";
import { EditModal } from "./edit_modal";

interface RequestField<Id extends string> {
  id: Id;
  label: string;
  hint?: string;
  initial?: string;
  /** It is shown, and can't be changed. */
  fixed?: boolean;
  /** It may stay empty. */
  optional?: boolean;
  /** What to choose from; without it anything can be typed. */
  options?: string[];
}

interface RequestModalProps<Id extends string> {
  title: string;
  verb: string;
  fields: RequestField<Id>[];
  /** What is said when the request succeeded. */
  done: string;
  request: (values: Record<Id, string>) => Promise<unknown>;
  onClose: () => void;
}

export function RequestModal<Id extends string>({ title, verb, fields, done, request, onClose }: RequestModalProps<Id>) {
  const [values, setValues] = useState(
    () => Object.fromEntries(fields.map((f) => [f.id, f.initial ?? ""])) as Record<Id, string>,
  );
  const { notify } = useNotifications();
  const send = useAwsChange(request, [["dynamodb"]]);
  const ready = fields.every((f) => f.optional || values[f.id]);
  const submit = () =>
    send.mutate(values, {
      onSuccess: () => {
        notify({ type: "success", header: done });
        onClose();
      },
    });
  const set = (id: Id, value: string) => setValues((v) => ({ ...v, [id]: value }));
  return (
    <EditModal
      title={title}
      verb={verb}
      ready={ready}
      saving={send}
      onSave={submit}
      onClose={onClose}
    >
      {fields.map((f) => (
        <FormField key={f.id} label={f.label} constraintText={f.hint}>
          {f.options ? (
            <Select
              options={f.options.map((value) => ({ value }))}
              selectedOption={values[f.id] ? { value: values[f.id] } : null}
              placeholder="Choose"
              onChange={({ detail }) => set(f.id, detail.selectedOption.value ?? "")}
            />
          ) : (
            <Input disabled={f.fixed} value={values[f.id]} onChange={({ detail }) => set(f.id, detail.value)} />
          )}
        </FormField>
      ))}
    </EditModal>
  );
}
