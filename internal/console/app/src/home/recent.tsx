import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { sections } from "../sections";
import { recentSections } from "../shell/recent";

/** The sections that were opened last, and after them those that never were. */
export function Recent() {
  const recent = recentSections();
  const rank = (href: string) => (recent.includes(href) ? recent.indexOf(href) : recent.length);
  const shown = sections.filter((s) => s.href !== "/console/").sort((a, b) => rank(a.href) - rank(b.href));
  return (
    <Container fitHeight header={<Header variant="h2">Recently visited</Header>}>
      <ul className="plain">
        {shown.map((s) => (
          <li key={s.href}>
            <Link href={s.href}>{s.text}</Link>
            <Box color="text-body-secondary" fontSize="body-s">
              {s.description}
            </Box>
          </li>
        ))}
      </ul>
    </Container>
  );
}
