import Alert from "@cloudscape-design/components/alert";
import { useEffect, useRef } from "react";
import { explain } from "../aws/errors";
import { isAboutPassword } from "./password_errors";

/** Why a form was refused. It gets the focus, so that it is read out and seen. */
export function Refusal({ error }: { error: unknown }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error !== undefined) place.current?.focus();
  }, [error]);
  if (error === undefined || isAboutPassword(error)) return null;
  const { title, text } = explain(error);
  return (
    <div ref={place} tabIndex={-1} className="refusal">
      <Alert type="error" header={title}>
        {text}
      </Alert>
    </div>
  );
}
