import Autosuggest, { type AutosuggestProps } from "@cloudscape-design/components/autosuggest";
import { useEffect, useRef, useState } from "react";
import { sections } from "../sections";
import { find, pagesOf } from "./search_index";
import { leave } from "./unsaved";

const pages = pagesOf(sections);
const options = pages.map(({ title, description, words }) => ({ value: title, description, filteringTags: words }));

/** The search of the bar: goes to a section or a page by its name, or by that of AWS's service. Alt+S leads to it. */
export function Search() {
  const [text, setText] = useState("");
  const input = useRef<AutosuggestProps.Ref>(null);
  useEffect(() => {
    const focus = (e: KeyboardEvent) => {
      if (!e.altKey || e.code !== "KeyS") return;
      e.preventDefault();
      input.current?.focus();
    };
    window.addEventListener("keydown", focus);
    return () => window.removeEventListener("keydown", focus);
  }, []);
  const go = (title: string) => {
    const page = find(pages, title);
    if (!page) return;
    setText("");
    leave(page.href);
  };
  return (
    <form
      role="search"
      onSubmit={(e) => {
        e.preventDefault();
        go(text);
      }}
    >
      <Autosuggest
        ref={input}
        value={text}
        options={options}
        placeholder="Search [Alt+S]"
        ariaLabel="Search"
        empty="No page has that name."
        hideEnteredTextOption
        onChange={({ detail }) => setText(detail.value)}
        onSelect={({ detail }) => go(detail.value)}
        onKeyDown={({ detail }) => detail.key === "Escape" && setText("")}
      />
    </form>
  );
}
