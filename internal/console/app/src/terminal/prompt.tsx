// The line that is typed.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { regions } from "../shell/regions";
import { complete } from "./cli/complete";
import type { Screen } from "./screen";

export function Prompt({ screen, prompt }: { screen: Screen; prompt: string }) {
  const input = useRef<HTMLTextAreaElement>(null);
  const [line, setLine] = useState("");
  /** The place in the history; its length is the line that is not in it yet, which is kept in draft. */
  const [place, setPlace] = useState(screen.history.commands.length);
  const draft = useRef("");
  const leaving = useRef(false);
  const completing = useRef<AbortController>(null);
  const last = screen.entries.at(-1);
  useEffect(() => {
    if (last) input.current?.scrollIntoView({ block: "nearest" });
  }, [last]);

  const change = (text: string) => {
    completing.current?.abort();
    setLine(text);
    setPlace(screen.history.commands.length);
  };

  const enter = () => {
    if (screen.busy) return;
    const command = line;
    void screen.enter(prompt, command);
    setLine("");
    draft.current = "";
    setPlace(screen.history.commands.length);
  };

  const recall = (by: number) => {
    const { commands } = screen.history;
    const to = Math.max(0, Math.min(commands.length, place + by));
    if (to === place) return;
    if (place === commands.length) draft.current = line;
    setPlace(to);
    setLine(commands[to] ?? draft.current);
  };

  const tab = async () => {
    completing.current?.abort();
    const control = new AbortController();
    completing.current = control;
    const from = input.current!.selectionStart;
    const done = await complete(line, from, Object.keys(regions), control.signal);
    if (control.signal.aborted) return;
    setLine(done.line);
    // The cursor can be set when the text is there.
    requestAnimationFrame(() => input.current?.setSelectionRange(done.cursor, done.cursor));
    if (done.candidates.length > 1 && done.line === line) screen.offer(prompt, line, done.candidates);
  };

  const onKeyDown = (e: KeyboardEvent<HTMLTextAreaElement>) => {
    const { selectionStart, selectionEnd, value } = e.currentTarget;
    const control = e.ctrlKey && !e.altKey && !e.metaKey && !e.shiftKey;
    const handled = () => {
      if (e.nativeEvent.isComposing) return false;
      if (e.key === "Enter" && !e.shiftKey && !/\\$/.test(value)) return (enter(), true);
      if (e.key === "ArrowUp" && !value.slice(0, selectionStart).includes("\n")) return (recall(-1), true);
      if (e.key === "ArrowDown" && !value.slice(selectionEnd).includes("\n")) return (recall(1), true);
      // Tab leaves an empty line, and any after Escape: the terminal must not hold those who have no mouse.
      if (e.key === "Tab" && !e.shiftKey && value.trim() && !leaving.current) return (void tab(), true);
      if (control && e.key === "l") return (screen.clear(), true);
      if (control && e.key === "u") return (change(value.slice(selectionStart)), true);
      // With something selected it copies.
      if (control && e.key === "c" && selectionStart === selectionEnd && !getSelection()?.toString()) {
        screen.cancel(prompt, line);
        return (change(""), true);
      }
      return false;
    };
    if (handled()) e.preventDefault();
    leaving.current = e.key === "Escape";
  };

  return (
    <label className="terminal-line">
      <span className="terminal-prompt" aria-hidden="true">
        {prompt}
      </span>
      <textarea
        ref={input}
        aria-label="Command"
        rows={line.split("\n").length}
        value={line}
        autoFocus
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        onChange={(e) => change(e.target.value)}
        onKeyDown={onKeyDown}
      />
    </label>
  );
}
