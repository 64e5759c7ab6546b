// What every page is in: its title, breadcrumbs, heading and actions.
import type { BreadcrumbGroupProps } from "@cloudscape-design/components/breadcrumb-group";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import { createContext, useContext, useEffect, useRef, type ReactNode } from "react";

export interface Place {
  breadcrumbs: BreadcrumbGroupProps.Item[];
  /** What the help panel shows; nothing means there is none. */
  help?: ReactNode;
}

/** How a page tells the shell where it is. */
export const PlaceContext = createContext<(place: Place) => void>(() => {});

interface PageProps {
  title: string;
  /** The way here, without the page itself, which is added: [["IAM", "/console/iam"]]. */
  breadcrumbs?: [text: string, href: string][];
  description?: ReactNode;
  actions?: ReactNode;
  help?: ReactNode;
  /** False if a ResourceTable with variant="full-page" has the heading. */
  heading?: boolean;
  children: ReactNode;
}

let opened = 0;

/** Page sets the document's title and the breadcrumbs, and moves the focus to the heading after a navigation. */
export function Page({ title, breadcrumbs = [], description, actions, help, heading = true, children }: PageProps) {
  const place = useContext(PlaceContext);
  const container = useRef<HTMLDivElement>(null);
  const way = JSON.stringify(breadcrumbs);
  useEffect(() => {
    document.title = [title, ...breadcrumbs.map(([text]) => text).reverse(), "Stator"].join(" | ");
    const items = [...breadcrumbs, [title, location.pathname]].map(([text, href]) => ({ text: text!, href: href! }));
    place({ breadcrumbs: items, help });
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [title, way, place, help]);
  useEffect(() => {
    // The first page keeps the focus where the browser put it, so that the skip link is reached first.
    if (opened++ === 0) return;
    const h1 = container.current?.querySelector("h1");
    h1?.setAttribute("tabindex", "-1");
    h1?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  return (
    <div ref={container}>
      {heading ? (
        <ContentLayout
          header={
            <Header variant="h1" description={description} actions={actions}>
              {title}
            </Header>
          }
        >
          {children}
        </ContentLayout>
      ) : (
        children
      )}
    </div>
  );
}
