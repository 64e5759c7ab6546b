// Follows a stream from now on, or from its oldest record: the shards that are open, and those that come after them.
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record,
  type Shard,
} from "@aws-sdk/client-dynamodb-streams";
import { streams } from "../aws/streams";

export type StreamRecord = _Record;

export interface Following {
  onRecords: (records: StreamRecord[]) => void;
  /** How many shards are read now. */
  onShards: (open: number) => void;
  signal: AbortSignal;
}

/** How long to wait before asking a shard again that had nothing, in milliseconds. */
const pause = 1_000;

/**
 * Reads until the signal says to stop. A shard is read when its parent has been read to its end, so that the changes of an item
 * come in order; what is open at first is read from now on, unless from is the oldest record there is.
 */
export async function follow(arn: string, from: "LATEST" | "TRIM_HORIZON", { onRecords, onShards, signal }: Following) {
  const started = new Set<string>();
  const ended = new Set<string>();
  let failed: unknown;
  let wake = () => {};
  const read = async (shard: string, type: "LATEST" | "TRIM_HORIZON") => {
    try {
      await readShard(arn, shard, type, onRecords, signal);
    } catch (e) {
      failed ??= e;
    }
    ended.add(shard);
    wake();
  };
  for (let first = true; !signal.aborted; first = false) {
    const shards = await listShards(arn, signal);
    const known = new Set(shards.map((s) => s.ShardId));
    for (const shard of shards) {
      const { ShardId: id = "", ParentShardId: parent } = shard;
      if (started.has(id)) continue;
      const closed = !!shard.SequenceNumberRange?.EndingSequenceNumber;
      if (first && from === "LATEST" && closed) {
        started.add(id);
        ended.add(id);
        continue;
      }
      if (parent && known.has(parent) && !ended.has(parent)) continue;
      started.add(id);
      void read(id, first ? from : "TRIM_HORIZON");
    }
    onShards(started.size - ended.size);
    const next = new Promise<void>((resolve) => (wake = resolve));
    // Shards end and begin by themselves too: they are listed again from time to time.
    await Promise.race([next, wait(10 * pause, signal)]);
    if (failed && !signal.aborted) throw failed;
  }
}

async function readShard(
  StreamArn: string,
  ShardId: string,
  type: "LATEST" | "TRIM_HORIZON",
  onRecords: Following["onRecords"],
  abortSignal: AbortSignal,
) {
  const start = await streams().send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: type }), { abortSignal });
  let iterator = start.ShardIterator;
  while (iterator && !abortSignal.aborted) {
    const answer = await streams().send(new GetRecordsCommand({ ShardIterator: iterator }), { abortSignal });
    const records = answer.Records ?? [];
    if (records.length) onRecords(records);
    iterator = answer.NextShardIterator;
    if (iterator && !records.length) await wait(pause, abortSignal);
  }
}

async function listShards(StreamArn: string, abortSignal: AbortSignal): Promise<Shard[]> {
  const all: Shard[] = [];
  let ExclusiveStartShardId: string | undefined;
  do {
    const { StreamDescription: page } = await streams().send(new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }), {
      abortSignal,
    });
    all.push(...(page?.Shards ?? []));
    ExclusiveStartShardId = page?.LastEvaluatedShardId;
  } while (ExclusiveStartShardId);
  return all;
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
