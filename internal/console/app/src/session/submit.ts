import { useState, type FormEvent } from "react";

export interface Submit {
  busy: boolean;
  /** Why it failed the last time; undefined when it did not. */
  error: unknown;
  /** For <form onSubmit>. */
  onSubmit: (event: FormEvent) => void;
}

/** Sends a form once at a time. What `send` throws is the error; after it succeeded the form stays busy if it leaves the page. */
export function useSubmit(send: () => Promise<unknown>): Submit {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const onSubmit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await send();
    } catch (e) {
      setError(e);
    }
    setBusy(false);
  };
  return { busy, error, onSubmit: (event) => void onSubmit(event) };
}
