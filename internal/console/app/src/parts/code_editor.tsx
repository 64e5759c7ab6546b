// The one way to edit or show code: CodeMirror. It is in a shadow root, because only there it gives its styles to the
// browser as objects; in the document it would insert a style element, which the Content-Security-Policy refuses.
import { json } from "@codemirror/lang-json";
import { ensureSyntaxTree, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, linter, type Diagnostic } from "@codemirror/lint";
import { Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { basicSetup } from "codemirror";
import { useEffect, useLayoutEffect, useRef } from "react";
import { useSettings } from "../shell/settings";

export type { Diagnostic };

interface CodeEditorProps {
  /** What screen readers call it. */
  label: string;
  value: string;
  /** Without it the text can be read and copied, not changed. */
  onChange?: (text: string) => void;
  language?: "json" | "text";
  /** Faults besides those of JSON's grammar, by position in the text; asked when typing pauses. */
  validate?: (text: string) => Diagnostic[] | Promise<Diagnostic[]>;
  /** Told of the text that is selected, which may be none. */
  onSelect?: (text: string) => void;
  /** Called at Ctrl+Enter, or Command+Enter. */
  onRun?: () => void;
  /** Where the cursor is put, and shown, when this changes: a line, counted from 1, and a column, from 0. */
  cursor?: { line: number; column: number };
  /** The least height in lines. */
  lines?: number;
}

export function CodeEditor({ label, value, onChange, language = "json", validate, onSelect, onRun, cursor, lines = 8 }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const variable = useRef(new Compartment());
  const typed = useRef(value);
  const calls = useRef({ value, onChange, validate, onSelect, onRun });
  calls.current = { value, onChange, validate, onSelect, onRun };
  const { mode } = useSettings();
  const extensions: Extension = [
    theme(mode === "dark", lines),
    mode === "dark" ? syntaxHighlighting(darkColours) : [],
    // It takes the focus without tabindex too, but then axe-core takes what scrolls for out of reach.
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    EditorState.readOnly.of(!onChange),
  ];
  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    const faults = linter(async (v) => [
      ...(language === "json" ? jsonFault(v.state) : []),
      ...((await calls.current.validate?.(v.state.doc.toString())) ?? []),
    ]);
    const state = EditorState.create({
      doc: value,
      extensions: [
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (calls.current.onRun?.(), !!calls.current.onRun) }])),
        basicSetup,
        language === "json" ? json() : [],
        faults,
        lintGutter(),
        replacing,
        EditorView.lineWrapping,
        EditorView.updateListener.of((u) => {
          if (u.selectionSet || u.docChanged) calls.current.onSelect?.(u.state.sliceDoc(u.state.selection.main.from, u.state.selection.main.to));
          if (!u.docChanged) return;
          typed.current = u.state.doc.toString();
          if (typed.current !== calls.current.value) calls.current.onChange?.(typed.current);
        }),
        variable.current.of(extensions),
      ],
    });
    view.current = new EditorView({ state, root, parent: root });
    return () => view.current?.destroy();
    // The rest is kept up to date by the effects below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [language]);
  useEffect(() => {
    view.current?.dispatch({ effects: variable.current.reconfigure(extensions) });
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [mode, label, lines, !onChange]);
  // What was typed comes back as value; anything else is somebody's new text. It must not be an effect that waits, which could
  // take back what was typed meanwhile.
  useLayoutEffect(() => {
    if (!view.current || value === typed.current) return;
    view.current.dispatch({ changes: { from: 0, to: view.current.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    if (!view.current || !cursor) return;
    const { doc } = view.current.state;
    const line = doc.line(Math.min(Math.max(cursor.line, 1), doc.lines));
    view.current.dispatch({ selection: { anchor: Math.min(line.from + cursor.column, line.to) }, scrollIntoView: true });
    view.current.focus();
  }, [cursor]);
  return <div ref={host} />;
}

/** What JSON.parse says, at the place that the parser of the editor finds, since browsers leave it out more and more. */
function jsonFault(state: EditorState): Diagnostic[] {
  const text = state.doc.toString();
  if (!text.trim()) return [];
  try {
    JSON.parse(text);
    return [];
  } catch (e) {
    let from = -1;
    ensureSyntaxTree(state, text.length, 500)?.iterate({
      enter: (node) => {
        if (node.type.isError && from < 0) from = node.from;
      },
    });
    from = Math.min(Math.max(from, 0), text.length);
    const message = (e as SyntaxError).message;
    return [{ from, to: Math.min(from + 1, text.length), severity: "error", message }];
  }
}

/**
 * Typing over a selection. Chrome would do it itself, and keep the colours of what was selected in a style attribute, which the
 * policy refuses too, with an error in the console.
 */
const replacing = EditorView.domEventHandlers({
  beforeinput(e, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = e.data;
    if (e.inputType !== "insertText" || e.isComposing || text === null || empty || view.state.readOnly) return false;
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
    return true;
  },
});

/** The editor's own colours are for light pages alone. */
const darkColours = HighlightStyle.define([
  { tag: tags.propertyName, color: "#9cc5ff" },
  { tag: tags.string, color: "#a8d98f" },
  { tag: [tags.number, tags.bool, tags.null], color: "#f7b27a" },
  { tag: tags.invalid, color: "#ff8f8f" },
]);

const theme = (dark: boolean, lines: number) =>
  EditorView.theme(
    {
      "&": { border: `1px solid ${dark ? "#656871" : "#8c8c94"}`, borderRadius: "8px", overflow: "hidden" },
      "&.cm-focused": { outline: `2px solid ${dark ? "#42b4ff" : "#006ce0"}` },
      ".cm-scroller": { minHeight: `${lines * 1.4}em`, maxHeight: "60vh", fontFamily: "Monaco, Menlo, Consolas, monospace", fontSize: "13px" },
      ".cm-gutters": dark ? { backgroundColor: "#1b232d", color: "#a4a4ad" } : { backgroundColor: "#f6f6f9", color: "#656871" },
      ".cm-content": { caretColor: dark ? "#fff" : "#000" },
      "&.cm-editor": dark ? { backgroundColor: "#161d26", color: "#ebebf0" } : { backgroundColor: "#fff", color: "#0f141a" },
    },
    { dark },
  );
