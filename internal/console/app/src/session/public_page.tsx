// What the pages for those who are not signed in have around them.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, type ReactNode } from "react";
import { useSession } from "./session";
import { Unencrypted } from "./unencrypted";

interface PublicPageProps {
  title: string;
  description?: ReactNode;
  /** What else somebody may have come for, below the card. */
  footer?: ReactNode;
  children: ReactNode;
}

export function PublicPage({ title, description, footer, children }: PublicPageProps) {
  const { Version } = useSession();
  useEffect(() => {
    document.title = `${title} | Stator`;
  }, [title]);
  return (
    <div className="public">
      <header>
        <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width="32" height="32" />
        <Box variant="span" fontSize="heading-l" fontWeight="bold">
          Stator
        </Box>
      </header>
      <main>
        <SpaceBetween size="l">
          <Unencrypted />
          <Container
            header={
              <Header variant="h1" description={description}>
                {title}
              </Header>
            }
          >
            {children}
          </Container>
          {footer}
        </SpaceBetween>
      </main>
      <footer>
        <Box fontSize="body-s" color="text-body-secondary">
          Stator {Version}
        </Box>
      </footer>
    </div>
  );
}
