import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Copy } from "./copy";
import "./snippets.css";

export interface Snippet {
  /** What it is, and where it goes. */
  title: string;
  hint?: string;
  text: string;
}

/** Texts to copy. What hide makes of them is shown; what is copied has the secrets. */
export function Snippets({ snippets, hide = (text) => text }: { snippets: Snippet[]; hide?: (text: string) => string }) {
  return (
    <SpaceBetween size="l">
      {snippets.map(({ title, hint, text }) => (
        <div key={title}>
          <Header variant="h3" description={hint} actions={<Copy text={text} inline={false} what={title} />}>
            {title}
          </Header>
          <Box padding={{ top: "xs" }}>
            <pre className="snippet" tabIndex={0} role="region" aria-label={title}>
              {hide(text)}
            </pre>
          </Box>
        </div>
      ))}
    </SpaceBetween>
  );
}
