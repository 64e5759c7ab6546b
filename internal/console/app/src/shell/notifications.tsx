// The messages at the top of a page: what was done, what failed.
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { useLocation } from "wouter";

export interface Notification {
  type: "success" | "error" | "warning" | "info" | "in-progress";
  header?: ReactNode;
  content?: ReactNode;
  action?: ReactNode;
}

interface Notifications {
  items: FlashbarProps.MessageDefinition[];
  /**
   * Shows a message until it is dismissed, or replaces the one with the same id. Returns the id. What succeeded is told on this page
   * and the next one.
   */
  notify(notification: Notification, id?: string): string;
  dismiss(id: string): void;
}

const Context = createContext<Notifications | null>(null);
let last = 0;

export function NotificationsProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<(Notification & { id: string; old?: boolean })[]>([]);
  const [path] = useLocation();
  useEffect(() => {
    setShown((all) => all.filter((n) => !(n.old && n.type === "success")).map((n) => ({ ...n, old: true })));
  }, [path]);
  const dismiss = useCallback((id: string) => setShown((all) => all.filter((n) => n.id !== id)), []);
  const notify = useCallback((notification: Notification, id = `notification-${++last}`) => {
    setShown((all) => [{ ...notification, id }, ...all.filter((n) => n.id !== id)]);
    return id;
  }, []);
  const value = useMemo(() => {
    const items = shown.map(({ type, old: _, ...n }): FlashbarProps.MessageDefinition => ({
      ...n,
      type: type === "in-progress" ? "in-progress" : type,
      dismissible: true,
      dismissLabel: "Dismiss message",
      onDismiss: () => dismiss(n.id),
    }));
    return { items, notify, dismiss };
  }, [shown, notify, dismiss]);
  return <Context value={value}>{children}</Context>;
}

export function useNotifications(): Notifications {
  const value = useContext(Context);
  if (!value) throw new Error("there is no NotificationsProvider");
  return value;
}
