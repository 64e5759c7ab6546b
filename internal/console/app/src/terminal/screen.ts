// What the terminal shows. It stays while other pages are looked at, and goes with the page that the browser has loaded.
import { useSyncExternalStore } from "react";
import { run } from "./cli/run";
import { History } from "./history";

export interface Entry {
  id: number;
  prompt: string;
  command: string;
  text: string;
  state: "running" | "done" | "failed";
}

/** How many commands are shown, and how many characters of the output of each. */
const mostEntries = 200;
const mostText = 200_000;

export class Screen {
  entries: Entry[] = [];
  readonly history: History;
  private last = 0;
  private running: AbortController | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(arn: string) {
    this.history = new History(arn);
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  get busy() {
    return this.running !== null;
  }

  async enter(prompt: string, command: string) {
    const line = command.trim();
    if (line) this.history.add(line);
    if (line === "clear") return this.clear();
    const entry: Entry = { id: ++this.last, prompt, command, text: "", state: "done" };
    if (line === "history") {
      entry.text = this.history.commands.map((c, i) => `${String(i + 1).padStart(5)}  ${c}`).join("\n");
    } else if (line === "history -c") {
      this.history.clear();
    } else if (line) {
      this.running = new AbortController();
      this.show({ ...entry, state: "running" });
      const { text, failed } = await run(line, this.running.signal);
      this.running = null;
      entry.text = text.length > mostText ? `${text.slice(0, mostText)}\n… The rest is not shown. Use --query or --max-items to see less.` : text;
      entry.state = failed ? "failed" : "done";
    }
    this.show(entry);
  }

  /** Ctrl+C: ends what runs, or shows the line that was given up. */
  cancel(prompt: string, line: string) {
    if (this.running) this.running.abort();
    else this.show({ id: ++this.last, prompt, command: line, text: "^C", state: "done" });
  }

  /** Candidates of a completion, below the line that they are for. */
  offer(prompt: string, line: string, candidates: string[]) {
    this.show({ id: ++this.last, prompt, command: line, text: candidates.join("   "), state: "done" });
  }

  clear() {
    this.entries = this.entries.filter((e) => e.state === "running");
    this.tell();
  }

  private show(entry: Entry) {
    const others = this.entries.filter((e) => e.id !== entry.id);
    this.entries = [...others, entry].slice(-mostEntries);
    this.tell();
  }

  private tell() {
    this.listeners.forEach((listener) => listener());
  }
}

let current: { arn: string; screen: Screen } | null = null;

/** The screen of who is signed in. */
export function useScreen(arn: string): Screen {
  if (current?.arn !== arn) current = { arn, screen: new Screen(arn) };
  const { screen } = current;
  useSyncExternalStore(screen.subscribe, () => screen.entries);
  return screen;
}
