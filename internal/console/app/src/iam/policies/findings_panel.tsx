import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { Failure } from "../../parts/failure";
import { kinds, meanings, placeOf, type Finding, type Place } from "./findings";

interface FindingsPanelProps {
  query: { data: Finding[] | undefined; error: Error | null };
  /** Shows a place in the editor; without it places are just named. */
  onPlace?: (place: Place) => void;
}

/** What is wrong with a document, by kind, with links to the places. */
export function FindingsPanel({ query, onPlace }: FindingsPanelProps) {
  const [open, setOpen] = useState<string>();
  if (query.error) return <Failure error={query.error} />;
  const findings = query.data;
  if (!findings) return <StatusIndicator type="loading">Checking the policy</StatusIndicator>;
  const groups = kinds.map((k) => ({ ...k, findings: findings.filter((f) => f.findingType === k.type) }));
  // The first group with something in it is open until somebody chooses.
  const first = groups.find((g) => g.findings.length) ?? groups[0]!;
  return (
    <Tabs
      activeTabId={open ?? first.type}
      onChange={({ detail }) => setOpen(detail.activeTabId)}
      ariaLabel="Policy validation"
      tabs={groups.map(({ type, label, indicator, findings: found }) => ({
        id: type,
        label: `${label}: ${found.length}`,
        content: found.length ? (
          <ul className="plain">
            {found.map((f, i) => (
              <li key={i}>
                <FindingText finding={f} indicator={indicator} onPlace={onPlace} />
              </li>
            ))}
          </ul>
        ) : (
          <Box color="text-body-secondary">
            {findings.length ? "Nothing of this kind was found." : "Nothing was found to be wrong with the policy."}
          </Box>
        ),
      }))}
    />
  );
}

interface FindingTextProps {
  finding: Finding;
  indicator: "error" | "warning" | "info";
  onPlace: ((place: Place) => void) | undefined;
}

function FindingText({ finding, indicator, onPlace }: FindingTextProps) {
  const place = placeOf(finding);
  const where = place && `Ln ${place.line}, Col ${place.column + 1}`;
  return (
    <SpaceBetween size="xxs">
      <div>
        <StatusIndicator type={indicator}>
          {where && (onPlace ? <Link onFollow={() => onPlace(place)}>{where}</Link> : where)} {words(finding.issueCode!)}
        </StatusIndicator>
      </div>
      <Box>{finding.findingDetails}</Box>
      {meanings[finding.issueCode!] && <Box color="text-body-secondary">{meanings[finding.issueCode!]}</Box>}
      {finding.learnMoreLink && (
        <Link external href={finding.learnMoreLink} ariaLabel={`Learn more about ${words(finding.issueCode!)}`}>
          Learn more
        </Link>
      )}
    </SpaceBetween>
  );
}

/** INVALID_ACTION -> Invalid action */
function words(code: string): string {
  const text = code.replaceAll("_", " ").toLowerCase();
  return text[0]!.toUpperCase() + text.slice(1);
}
