// The shorthand syntax of the AWS CLI: AttributeName=id,AttributeType=S ("Using shorthand syntax", AWS CLI User Guide).
//
//   Key=Value,Key=Value           a structure or map
//   Key=[a,b] or Key=a,b          a list
//   Key={Inner=Value}             a structure inside
//   Key='text, quoted'            a text
//   a,b                           a list of texts, where a list is expected
import { ValueFault } from "./errors";

export type Shorthand = string | Shorthand[] | { [key: string]: Shorthand };

export function shorthand(text: string): { [key: string]: Shorthand } {
  return new Parser(text).parameter();
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  parameter(): { [key: string]: Shorthand } {
    const result = this.pairs("");
    if (this.at < this.text.length) this.expected("end of text");
    return result;
  }

  /** Key=value pairs up to the closing character, or to the end. */
  private pairs(close: string): { [key: string]: Shorthand } {
    const result: { [key: string]: Shorthand } = {};
    this.space();
    while (this.peek() !== close && this.at < this.text.length) {
      const key = this.key();
      this.take("=");
      const value = this.value(close === "");
      if (key in result) throw new ValueFault(`Second instance of key "${key}" encountered for input:\n${this.text}\nThis is often because there is a preceding "," instead of a space.`);
      result[key] = value;
      this.space();
      if (this.peek() !== ",") break;
      this.take(",");
      this.space();
    }
    if (close) this.take(close);
    return result;
  }

  private key(): string {
    const [key] = /^[\w\-.#/:]+/.exec(this.text.slice(this.at)) ?? [""];
    if (!key) this.expected("a key");
    this.at += key.length;
    this.space();
    return key;
  }

  /** A value of a pair. Outside of braces, a list needs no brackets: it goes on until something is a key. */
  private value(bare: boolean): Shorthand {
    this.space();
    if (this.peek() === "[") return this.list();
    if (this.peek() === "{") return this.inner();
    const first = this.scalar();
    if (!bare) return first;
    const all = [first];
    while (this.peek() === "," && !/^,\s*[\w\-.#/:]+\s*=/.test(this.text.slice(this.at))) {
      this.take(",");
      if (this.at === this.text.length) break;
      all.push(this.scalar());
    }
    return all.length > 1 ? all : first;
  }

  private list(): Shorthand[] {
    const all: Shorthand[] = [];
    this.take("[");
    this.space();
    while (this.peek() !== "]") {
      all.push(this.peek() === "[" ? this.list() : this.peek() === "{" ? this.inner() : this.scalar());
      this.space();
      if (this.peek() !== "]") this.take(",");
      this.space();
    }
    this.take("]");
    return all;
  }

  private inner() {
    this.take("{");
    return this.pairs("}");
  }

  private scalar(): string {
    this.space();
    const quote = this.peek();
    if (quote === "'" || quote === '"') {
      let text = "";
      for (this.at++; this.peek() !== quote; this.at++) {
        if (this.at >= this.text.length) this.expected(quote);
        if (this.peek() === "\\" && [quote, "\\"].includes(this.text[this.at + 1]!)) this.at++;
        text += this.peek();
      }
      this.at++;
      this.space();
      return text;
    }
    let text = "";
    while (this.at < this.text.length && !/[,\]}]/.test(this.peek())) {
      if (this.peek() === "\\" && this.text[this.at + 1] === ",") this.at++;
      text += this.peek();
      this.at++;
    }
    return text.trim();
  }

  private peek(): string {
    return this.text[this.at] ?? "";
  }

  private take(c: string) {
    if (this.peek() !== c) this.expected(`'${c}'`);
    this.at++;
  }

  private space() {
    while (/^\s/.test(this.peek())) this.at++;
  }

  private expected(what: string): never {
    throw new ValueFault(
      `Expected: ${what}, received: '${this.peek() || "EOF"}' for input:\n${this.text}\n${" ".repeat(this.text.slice(0, this.at).split("\n").at(-1)!.length)}^`,
    );
  }
}
