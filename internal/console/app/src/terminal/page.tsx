import Button from "@cloudscape-design/components/button";
import { currentRegion } from "../aws/credentials";
import { Actions } from "../parts/actions";
import { Copy } from "../parts/copy";
import { usePrincipal } from "../session/session";
import { Page } from "../shell/page";
import { useSettings } from "../shell/settings";
import { Prompt } from "./prompt";
import { useScreen, type Entry } from "./screen";
import "./terminal.css";

export default function Terminal() {
  const principal = usePrincipal();
  useSettings(); // the region is one of them
  const region = currentRegion();
  const screen = useScreen(principal.Arn);
  const transcript = screen.entries.map((e) => `${e.prompt} ${e.command}\n${e.text}`).join("\n");
  return (
    <Page
      title="Terminal"
      description={
        <>
          Commands of the AWS CLI, such as <code>aws dynamodb list-tables</code>, run in the browser as {principal.Name}.
        </>
      }
      actions={
        <Actions>
          <Copy text={transcript} label="Copy all" inline={false} />
          <Button disabled={screen.entries.length === 0} onClick={() => screen.clear()}>
            Clear
          </Button>
        </Actions>
      }
    >
      <section className="terminal" aria-label="Terminal">
        <div className="terminal-welcome">
          Type <code>help</code> to see what there is. Tab completes, the up arrow brings back commands, Ctrl+C cancels. Escape, then Tab
          leaves the terminal.
        </div>
        <div role="log" aria-label="Output" aria-live="polite">
          {screen.entries.map((entry) => (
            <Shown key={entry.id} entry={entry} />
          ))}
        </div>
        <Prompt screen={screen} prompt={`${region} $`} />
      </section>
    </Page>
  );
}

function Shown({ entry }: { entry: Entry }) {
  return (
    <div className={`terminal-entry terminal-${entry.state}`}>
      <pre>
        <span className="terminal-prompt">{entry.prompt}</span> <kbd>{entry.command}</kbd>
      </pre>
      {entry.state === "running" ? <div role="status">Running…</div> : entry.text && <pre className="terminal-text">{entry.text}</pre>}
    </div>
  );
}
