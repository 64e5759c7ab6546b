// Follows a stream from now on, or from its oldest record: the shards that are open, and those that come after them.
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record,
  type Shard,
  type StreamStatus,
} from "@aws-sdk/client-dynamodb-streams";
import { streams } from "../aws/streams";

export type StreamRecord = _Record;

interface Following {
  onRecords: (records: StreamRecord[]) => void;
  /** How many shards are read now. */
  onShards: (open: number) => void;
  signal: AbortSignal;
}

/** How long to wait before asking a shard again that had nothing, in milliseconds. */
const pause = 1_000;

/**
 * Reads until the signal says to stop, or until everything has been read of a stream that is off. A shard is read when its parent
 * has been read to its end, so that the changes of an item come in order; what is open at first is read from now on, unless from
 * is the oldest record there is.
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
    const next = new Promise<void>((resolve) => (wake = resolve));
    const { shards, off } = await describe(arn, signal);
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
    if (off && shards.every((s) => ended.has(s.ShardId ?? ""))) return;
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

/** All shards of a stream, and whether it is off. */
async function describe(StreamArn: string, abortSignal: AbortSignal) {
  const shards: Shard[] = [];
  let status: StreamStatus | undefined;
  let ExclusiveStartShardId: string | undefined;
  do {
    const { StreamDescription: page } = await streams().send(new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }), {
      abortSignal,
    });
    shards.push(...(page?.Shards ?? []));
    status = page?.StreamStatus;
    ExclusiveStartShardId = page?.LastEvaluatedShardId;
  } while (ExclusiveStartShardId);
  return { shards, off: status === "DISABLED" };
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
