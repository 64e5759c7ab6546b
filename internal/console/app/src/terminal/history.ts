// The commands that were typed, kept by the browser for each principal, but those with secrets: they are in memory only.

const most = 500;
const secret = /password|secret|private-key|assertion|authentication-code|session-token|token-code|web-identity-token/i;

export class History {
  private readonly key: string;
  /** Oldest first. */
  readonly commands: string[];

  constructor(arn: string) {
    this.key = `stator.terminal.${arn}`;
    this.commands = this.kept();
  }

  add(command: string) {
    if (command === this.commands.at(-1)) return;
    this.commands.push(command);
    this.commands.splice(0, this.commands.length - most);
    if (secret.test(command)) return;
    // Another tab may have added some.
    const kept = [...this.kept(), command].slice(-most);
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // then they last as long as the page
    }
  }

  clear() {
    this.commands.length = 0;
    localStorage.removeItem(this.key);
  }

  private kept(): string[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.key) ?? "[]");
      return Array.isArray(kept) ? kept.filter((c) => typeof c === "string") : [];
    } catch {
      return [];
    }
  }
}
