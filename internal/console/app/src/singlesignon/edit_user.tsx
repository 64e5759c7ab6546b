import { UpdateUserCommand, type AttributeOperation, type DescribeUserResponse } from "@aws-sdk/client-identitystore";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import { useState } from "react";
import { identityStore } from "../aws/identitystore";
import { useAwsChange } from "../aws/query";
import { FormModal } from "../parts/form_modal";
import { useNotifications } from "../shell/notifications";
import { emailOf } from "./people";

/** What can be edited, by its path in the identity store. */
const fields = [
  ["userName", "Username", (u) => u.UserName],
  ["name.givenName", "First name", (u) => u.Name?.GivenName],
  ["name.familyName", "Last name", (u) => u.Name?.FamilyName],
  ["displayName", "Display name", (u) => u.DisplayName],
  ["emails", "Email address", (u) => emailOf(u)],
  ["phoneNumbers", "Phone number", (u) => u.PhoneNumbers?.[0]?.Value],
  ["title", "Title", (u) => u.Title],
  ["userType", "User type", (u) => u.UserType],
  ["nickName", "Nickname", (u) => u.NickName],
  ["preferredLanguage", "Preferred language", (u) => u.PreferredLanguage],
  ["locale", "Locale", (u) => u.Locale],
  ["timezone", "Time zone", (u) => u.Timezone],
] as const satisfies [path: string, label: string, of: (user: DescribeUserResponse) => string | undefined][];

/** A value as the identity store has it. */
function operation(AttributePath: string, text: string): AttributeOperation {
  const value = text.trim();
  if (AttributePath === "emails" || AttributePath === "phoneNumbers") {
    return { AttributePath, AttributeValue: value ? [{ Value: value, Type: "work", Primary: true }] : undefined };
  }
  return { AttributePath, AttributeValue: value || undefined };
}

export function EditUser({ store, user }: { store: string; user: DescribeUserResponse }) {
  const [editing, setEditing] = useState(false);
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>
          Profile
        </Header>
      }
    >
      <KeyValuePairs
        columns={3}
        minColumnWidth={180}
        items={[
          ...fields.map(([path, label, of]) => ({ label, value: <span className="breaks" key={path}>{of(user) || "–"}</span> })),
          ...(user.ExternalIds ?? []).map((e) => ({ label: `External ID of ${e.Issuer}`, value: <span className="breaks">{e.Id}</span> })),
        ]}
      />
      {editing && <Edit store={store} user={user} onClose={() => setEditing(false)} />}
    </Container>
  );
}

function Edit({ store, user, onClose }: { store: string; user: DescribeUserResponse; onClose: () => void }) {
  const { notify } = useNotifications();
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(fields.map(([path, , of]) => [path, of(user) ?? ""])));
  const changed = fields.filter(([path, , of]) => values[path]!.trim() !== (of(user) ?? ""));
  const update = useAwsChange(
    () =>
      identityStore().send(
        new UpdateUserCommand({
          IdentityStoreId: store,
          UserId: user.UserId,
          Operations: changed.map(([path]) => operation(path, values[path]!)),
        }),
      ),
    [["identitystore"]],
  );
  return (
    <FormModal
      title="Edit user details"
      verb="Save changes"
      ready={changed.length > 0}
      onClose={onClose}
      onSubmit={async () => {
        await update.mutateAsync();
        notify({ type: "success", header: `User ${values.userName} is changed.` });
      }}
    >
      {fields.map(([path, label]) => (
        <FormField key={path} label={label}>
          <Input value={values[path]!} autoComplete={false} onChange={({ detail }) => setValues({ ...values, [path]: detail.value })} />
        </FormField>
      ))}
    </FormModal>
  );
}
