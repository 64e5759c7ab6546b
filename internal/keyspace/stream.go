package keyspace

import (
	"encoding/binary"
	"math/bits"
)

// What is kept of streams, by the byte after the prefix.
const (
	streamDefinition = 'd'
	streamLane       = 'l'
	streamRecord     = 'r'
	streamShard      = 's'
)

// Stream is the key of a stream's definition.
func Stream(account, region, table, label string) []byte {
	return append(appendEnded(streamScope(account, region), table), label...)
}

// Streams is the range of the definitions in a scope: those of one table, or all if table is "".
func Streams(account, region, table string) (start, end []byte) {
	start = streamScope(account, region)
	if table != "" {
		start = appendEnded(start, table)
	}
	return start, Successor(start)
}

func streamScope(account, region string) []byte {
	return appendEnded(appendEnded([]byte{prefixStream, streamDefinition}, account), region)
}

// AllStreams is the range of all definitions of streams.
func AllStreams() (start, end []byte) { return streamKind(streamDefinition) }

// AllLanes is the range of the lanes of all streams.
func AllLanes() (start, end []byte) { return streamKind(streamLane) }

// AllRecords is the range of the records of all streams.
func AllRecords() (start, end []byte) { return streamKind(streamRecord) }

// AllShards is the range of the shards of all streams.
func AllShards() (start, end []byte) { return streamKind(streamShard) }

// StreamRest is the range of the keys of streams that are none of these.
func StreamRest(yield func(start, end []byte)) {
	from := byte(0)
	for _, kind := range []byte{streamDefinition, streamLane, streamRecord, streamShard} {
		yield([]byte{prefixStream, from}, []byte{prefixStream, kind})
		from = kind + 1
	}
	yield([]byte{prefixStream, from}, []byte{prefixStream + 1})
}

func streamKind(kind byte) (start, end []byte) {
	return []byte{prefixStream, kind}, []byte{prefixStream, kind + 1}
}

// ParseStream is the inverse of Stream.
func ParseStream(key []byte) (account, region, table, label string, ok bool) {
	if len(key) < 2 || key[1] != streamDefinition {
		return "", "", "", "", false
	}
	account, region, rest, ok := parseScoped(prefixStream, append([]byte{prefixStream}, key[2:]...))
	if !ok {
		return "", "", "", "", false
	}
	name, last, ok := cutEnded([]byte(rest))
	return account, region, string(name), string(last), ok
}

// AppendLane appends the key of a lane of a stream.
func AppendLane(dst []byte, stream uint64, lane int) []byte {
	return appendLane(dst, streamLane, stream, lane)
}

// AppendRecord appends the key of a record.
func AppendRecord(dst []byte, stream uint64, lane int, sequence uint64) []byte {
	return binary.BigEndian.AppendUint64(appendLane(dst, streamRecord, stream, lane), sequence)
}

// Shard is the key of a shard: a part of a lane, counted from 0.
func Shard(stream uint64, lane int, generation uint32) []byte {
	return binary.BigEndian.AppendUint32(appendLane(nil, streamShard, stream, lane), generation)
}

func appendLane(dst []byte, kind byte, stream uint64, lane int) []byte {
	dst = binary.BigEndian.AppendUint64(append(dst, prefixStream, kind), stream)
	return binary.BigEndian.AppendUint16(dst, uint16(lane))
}

// Shards is the range of the shards of one stream.
func Shards(stream uint64) (start, end []byte) { return ofStream(streamShard, stream) }

// OfStream calls yield for each range of keys that a stream has besides its definition.
func OfStream(stream uint64, yield func(start, end []byte)) {
	for _, kind := range []byte{streamRecord, streamShard, streamLane} {
		yield(ofStream(kind, stream))
	}
}

func ofStream(kind byte, stream uint64) (start, end []byte) {
	start = binary.BigEndian.AppendUint64([]byte{prefixStream, kind}, stream)
	return start, Successor(start)
}

// ParseLane is the inverse of AppendLane.
func ParseLane(key []byte) (stream uint64, lane int, ok bool) {
	stream, lane, rest, ok := parseLane(streamLane, key)
	return stream, lane, ok && len(rest) == 0
}

// ParseRecord is the inverse of AppendRecord.
func ParseRecord(key []byte) (stream uint64, lane int, sequence uint64, ok bool) {
	stream, lane, rest, ok := parseLane(streamRecord, key)
	if !ok || len(rest) != 8 {
		return 0, 0, 0, false
	}
	return stream, lane, binary.BigEndian.Uint64(rest), true
}

// ParseShard is the inverse of Shard.
func ParseShard(key []byte) (stream uint64, lane int, generation uint32, ok bool) {
	stream, lane, rest, ok := parseLane(streamShard, key)
	if !ok || len(rest) != 4 {
		return 0, 0, 0, false
	}
	return stream, lane, binary.BigEndian.Uint32(rest), true
}

func parseLane(kind byte, key []byte) (stream uint64, lane int, rest []byte, ok bool) {
	const header = 2 + 8 + 2
	if len(key) < header || key[0] != prefixStream || key[1] != kind {
		return 0, 0, nil, false
	}
	return binary.BigEndian.Uint64(key[2:]), int(binary.BigEndian.Uint16(key[10:])), key[header:], true
}

// LaneOf is the lane of so many that the records of an item are in, by the key of the item: the one of its partition.
func LaneOf(item []byte, lanes int) int {
	const prefix = 1 + 8
	lane, _ := bits.Mul64(binary.BigEndian.Uint64(item[prefix:]), uint64(lanes))
	return int(lane)
}
