// The one way to edit or show code: CodeMirror. It is in a shadow root, because only there it gives its styles to the
// browser as objects; in the document it would insert a style element, which the Content-Security-Policy refuses.
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { lintGutter, linter, type Diagnostic } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useRef } from "react";
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
  /** The least height in lines. */
  lines?: number;
}

export function CodeEditor({ label, value, onChange, language = "json", validate, lines = 8 }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const variable = useRef(new Compartment());
  const calls = useRef({ onChange, validate });
  calls.current = { onChange, validate };
  const { mode } = useSettings();
  const extensions: Extension = [
    theme(mode === "dark", lines),
    // With rich text the browser would keep colours in style attributes when a selection is typed over, and the policy
    // refuses those too.
    EditorView.contentAttributes.of({ "aria-label": label, contenteditable: "plaintext-only" }),
    EditorState.readOnly.of(!onChange),
  ];
  useEffect(() => {
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: "open" });
    const faults = linter(async (v) => [
      ...(language === "json" && v.state.doc.toString().trim() ? jsonParseLinter()(v) : []),
      ...((await calls.current.validate?.(v.state.doc.toString())) ?? []),
    ]);
    const state = EditorState.create({
      doc: value,
      extensions: [
        basicSetup,
        language === "json" ? json() : [],
        faults,
        lintGutter(),
        EditorView.lineWrapping,
        EditorView.updateListener.of((u) => u.docChanged && calls.current.onChange?.(u.state.doc.toString())),
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
  useEffect(() => {
    const now = view.current?.state.doc.toString();
    if (now !== value) view.current?.dispatch({ changes: { from: 0, to: now!.length, insert: value } });
  }, [value]);
  return <div ref={host} />;
}

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
