// A command line as a POSIX shell splits it into words: quotes, backslashes, continued lines. There are no pipes, variables or files.

export interface Word {
  text: string;
  /** Where it is in the line. */
  start: number;
  end: number;
  /** The line ends inside of its quotes. */
  open: boolean;
}

export class SyntaxFault extends Error {}

const beyond: Record<string, string> = {
  "|": "Pipes are not available here. Use --query to choose what is shown.",
  ">": "Files are not available here: the output can't be redirected.",
  "<": "Files are not available here: the input can't be redirected.",
  ";": "One command at a time, please.",
  "&": "One command at a time, please.",
  "`": "Backquotes outside of single quotes would run a command, which is not possible here. Put the text in single quotes.",
  "$": "Variables are not available here. Put the text in single quotes if $ is meant.",
};

/** The words of a line. Without strict, as for completion, nothing is refused. */
export function words(line: string, strict = true): Word[] {
  const found: Word[] = [];
  let word: Word | null = null;
  let quote = "";
  const add = (text: string, at: number, length = 1) => {
    word ??= { text: "", start: at, end: at, open: false };
    word.text += text;
    word.end = at + length;
  };
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    const next = line[i + 1] ?? "";
    if (quote === "'") {
      if (c === "'") quote = "";
      add(c === "'" ? "" : c, i);
    } else if (c === "\\" && (quote === "" || '"\\$`\n'.includes(next))) {
      if (next === "\n") i++;
      else add(next, i++, 2);
    } else if (quote === '"') {
      if (c === '"') quote = "";
      else if (strict && (c === "$" || c === "`")) refuse(c, next);
      add(c === '"' ? "" : c, i);
    } else if (c === "'" || c === '"') {
      quote = c;
      add("", i);
    } else if (/\s/.test(c)) {
      if (word) found.push(word);
      word = null;
    } else if (c === "#" && !word) {
      break;
    } else {
      if (strict && c in beyond) refuse(c, next);
      add(c, i);
    }
  }
  if (quote && strict) throw new SyntaxFault(`The quote ${quote} is not closed.`);
  const last = word as Word | null;
  if (last) found.push({ ...last, open: quote !== "" });
  return found;
}

function refuse(c: string, next: string) {
  // A lone dollar is one.
  if (c !== "$" || /[\w({]/.test(next)) throw new SyntaxFault(beyond[c]);
}
