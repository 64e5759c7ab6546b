// The filters of the list of tables by tag. Tags are loaded, one request a table, when somebody first opens them.
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import { useState } from "react";
import { useAws } from "../aws/query";
import { Actions } from "../parts/actions";
import type { TagDraft } from "./draft";
import { loadTags, type Row } from "./load";

const anyKey: SelectProps.Option = { value: "", label: "Any tag key" };
const anyValue: SelectProps.Option = { value: "", label: "Any tag value" };

export function useTagFilter(tables: Row[]) {
  const [asked, setAsked] = useState(false);
  const [key, setKey] = useState(anyKey);
  const [value, setValue] = useState(anyValue);
  const arns = tables.flatMap((t) => t.TableArn ?? []);
  const tags = useAws(["dynamodb", "ListTagsOfResource", ...arns], () => tagsOf(arns), { enabled: asked && arns.length > 0 });
  const known = [...(tags.data?.values() ?? [])].flat();
  const options = (any: SelectProps.Option, texts: (string | undefined)[]) => [
    any,
    ...[...new Set(texts)].sort().map((text) => ({ value: text, label: text || "(empty)" })),
  ];
  const loading = { statusType: tags.isFetching ? "loading" : "finished", loadingText: "Loading tags" } as const;
  const filter = (
    <Actions>
      <Select
        {...loading}
        ariaLabel="Tag key"
        selectedOption={key}
        options={options(anyKey, known.map((t) => t.Key))}
        onFocus={() => setAsked(true)}
        onChange={({ detail }) => {
          setKey(detail.selectedOption);
          setValue(anyValue);
        }}
      />
      <Select
        {...loading}
        ariaLabel="Tag value"
        disabled={!key.value}
        selectedOption={value}
        options={options(anyValue, known.filter((t) => t.Key === key.value).map((t) => t.Value))}
        onChange={({ detail }) => setValue(detail.selectedOption)}
      />
    </Actions>
  );
  const matches = (table: Row) => {
    if (!key.value) return true;
    const own = tags.data?.get(table.TableArn ?? "") ?? [];
    return own.some((t) => t.Key === key.value && (value === anyValue || t.Value === value.value));
  };
  return { filter, matches };
}

/** The tags of each table; none where they may not be read. */
async function tagsOf(arns: string[]): Promise<Map<string, TagDraft[]>> {
  const all = await Promise.allSettled(arns.map(loadTags));
  return new Map(all.map((t, i) => [arns[i]!, t.status === "fulfilled" ? t.value : []]));
}
