import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Copy } from "../parts/copy";
import type { Snippet } from "./settings";
import "./connect.css";

/** Texts to copy. What is shown has no secrets unless it is asked for; what is copied has them. */
export function Snippets({ snippets, hide }: { snippets: Snippet[]; hide: (text: string) => string }) {
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
