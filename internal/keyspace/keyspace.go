// Package keyspace is the only code that builds or parses a storage key. Whoever wants to know what is stored
// reads the map below; whoever adds something to the store adds it to the map.
//
// It imports attribute and nothing else of ours. Its main rule: keys sort as bytes the way DynamoDB sorts what they
// stand for, and no two things share a key.
//
// # The map
//
// A key starts with one byte that says what it is of. Numbers have 8 bytes, big endian. A text in ‹› is ended
// (see appendEnded), so that others can follow it; one without is the rest of the key.
//
//	a  ‹part› ‹part› …                               identities: package identity gives the parts
//	b b ‹account› ‹region› ‹table› backup            the definition of a backup
//	b h hold id                                      a moment of a table that somebody reads
//	b j journal id                                   the table that a journal is of
//	b j journal id, day, ‹item›, time                what an item was before a change; the day has 4 bytes
//	b t                                              a time that none in a journal is after
//	c  ‹account› ‹region› name                       the catalogue: the definition of a table
//	d  ‹part› ‹part› …                               people: each package of theirs has its own word as the first part
//	e  time, ‹account› ‹region› token                when idempotency tokens expire, in nanoseconds since 1970
//	g  index id, partition, ‹sort›…, table key       entry of a global index
//	i  table id, partition, sort                     item, of a table or of a backup
//	j  job id                                        queue of background jobs
//	l  index id, partition, ‹sort›, table's sort     entry of a local index
//	m                                                the stamp of the catalogue: another with each of its changes
//	n                                                the last id given: all ids above and below are from it
//	o e ‹account› ‹region› ‹table› id                an export
//	o f ‹id› number                                  a data file of an export
//	o i ‹account› ‹region› ‹table› id                an import
//	o p id                                           an export or an import that is not finished: its key
//	o t ‹account› ‹region› token                     the client token of an export or an import
//	q d ‹account› ‹region› ‹table› label             the definition of a stream
//	q l stream id, lane                              where a lane of a stream is
//	q r stream id, lane, sequence                    stream record
//	q s stream id, lane, generation                  shard of a stream
//	s                                                statistics (reserved)
//	t  ‹account› ‹region› token                      idempotency token
//	v                                                the version of the format of all this; while package migrate
//	                                                 fills a store, how far that is
//	w  name                                          lease of a piece of background work
//	x  queue id                                      the table that a TTL queue is of
//	x  queue id, shard, second, partition, ‹sort›    when an item of that table is due; the shard has one byte
//
// A partition is 8 bytes of hash (xxhash64) of what follows it, which spreads load and makes a Scan segment a range,
// then each value of the partition key in turn. These are only ever compared for equality, so they are
// not escaped: the length in one byte and the bytes of the value; a value longer than 254 bytes is 0xff and its
// SHA-256. That keeps the largest key, of a global index with eight key attributes, under the limit of kv.
//
// A sort value is ordered: strings by UTF-8 bytes, binaries unsigned, numbers by value. A string or binary that
// is the last of a key is its bytes alone; a number is always ended. The table key at the end of an entry
// of a global index makes it unique; it is the partition value, as above without the hash, and the sort value.
//
// The changes of a partition are all in one lane of a stream, which is 2 bytes, in the order of their sequence. A shard is a
// part of a lane; its generation has 4 bytes.
//
// The items of a backup are under an id of their own, or, if it was made when its table was deleted, under that of the
// table. The item in a journal is the key of the item without its prefix and its table; the time is in nanoseconds since 1970.
//
// The kinds of the values are not in the keys: the attribute definitions fix them. Values cannot be read back from a
// key; they are all in what is stored under it.
package keyspace

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The first byte of every key.
const (
	prefixIdentity  = 'a'
	prefixBackup    = 'b'
	prefixCatalogue = 'c'
	prefixPeople    = 'd'
	prefixExpiry    = 'e'
	prefixGlobal    = 'g'
	prefixItem      = 'i'
	prefixJob       = 'j'
	prefixLocal     = 'l'
	prefixStamp     = 'm'
	prefixCounter   = 'n'
	prefixTransfer  = 'o'
	prefixStream    = 'q'
	prefixStats     = 's'
	prefixToken     = 't'
	prefixFormat    = 'v'
	prefixLease     = 'w'
	prefixTTL       = 'x'
)

// known is all prefixes in ascending order.
const known = "abcdegijlmnoqstvwx"

// Format is the key of the version of the format.
func Format() []byte { return []byte{prefixFormat} }

// Counter is the key of the last id that was given.
func Counter() []byte { return []byte{prefixCounter} }

// Stamp is the key of the stamp of the catalogue.
func Stamp() []byte { return []byte{prefixStamp} }

// Table is the key of a table's definition.
func Table(account, region, name string) []byte {
	return append(scope(prefixCatalogue, account, region), name...)
}

// Tables is the range of the definitions in a scope whose names come after the name after ("" for all).
func Tables(account, region, after string) (start, end []byte) {
	p := scope(prefixCatalogue, account, region)
	start = append(p[:len(p):len(p)], after...)
	if after != "" {
		start = append(start, 0)
	}
	return start, Successor(p)
}

// AllTables is the range of all definitions.
func AllTables() (start, end []byte) { return only(prefixCatalogue) }

// ParseTable is the inverse of Table.
func ParseTable(key []byte) (account, region, name string, ok bool) {
	return parseScoped(prefixCatalogue, key)
}

// Job is the key of a background job, Jobs the range of all.
func Job(id uint64) []byte { return binary.BigEndian.AppendUint64([]byte{prefixJob}, id) }

// Jobs is the range of all background jobs.
func Jobs() (start, end []byte) { return only(prefixJob) }

// ParseJob is the inverse of Job.
func ParseJob(key []byte) (id uint64, ok bool) {
	if len(key) != 9 || key[0] != prefixJob {
		return 0, false
	}
	return binary.BigEndian.Uint64(key[1:]), true
}

// Token is the key of an idempotency token.
func Token(account, region, token string) []byte {
	return append(scope(prefixToken, account, region), token...)
}

// Tokens is the range of all idempotency tokens.
func Tokens() (start, end []byte) { return only(prefixToken) }

// Expiry is the key that remembers that the token with that key expires at a time, in nanoseconds since 1970.
func Expiry(nanos int64, token []byte) []byte {
	return append(expiryAt(nanos), token[1:]...)
}

// Expiries is the range of what expires before a time; all if nanos is negative.
func Expiries(nanos int64) (start, end []byte) {
	start, end = only(prefixExpiry)
	if nanos >= 0 {
		end = expiryAt(nanos)
	}
	return start, end
}

func expiryAt(nanos int64) []byte {
	return binary.BigEndian.AppendUint64([]byte{prefixExpiry}, uint64(nanos))
}

// ParseExpiry is the inverse of Expiry.
func ParseExpiry(key []byte) (nanos int64, token []byte, ok bool) {
	if len(key) < 9 || key[0] != prefixExpiry {
		return 0, nil, false
	}
	return int64(binary.BigEndian.Uint64(key[1:])), append([]byte{prefixToken}, key[9:]...), true
}

// Identity is the key of something in the identity store. Keys sort by their parts, in turn.
func Identity(parts ...string) []byte { return parted(prefixIdentity, parts) }

// IdentityRange is the range of the keys that start with parts, the key of exactly these parts included.
func IdentityRange(parts ...string) (start, end []byte) {
	start = Identity(parts...)
	return start, Successor(start)
}

// ParseIdentity is the inverse of Identity.
func ParseIdentity(key []byte) (parts []string, ok bool) { return parseParted(prefixIdentity, key) }

// People is the key of something about people who sign in. The first part is the word of the package whose it is. Keys sort by
// their parts, in turn.
func People(parts ...string) []byte { return parted(prefixPeople, parts) }

// PeopleRange is the range of the keys that start with parts, the key of exactly these parts included.
func PeopleRange(parts ...string) (start, end []byte) {
	start = People(parts...)
	return start, Successor(start)
}

// ParsePeople is the inverse of People.
func ParsePeople(key []byte) (parts []string, ok bool) { return parseParted(prefixPeople, key) }

func parted(prefix byte, parts []string) []byte {
	key := []byte{prefix}
	for _, p := range parts {
		key = appendEnded(key, p)
	}
	return key
}

func parseParted(prefix byte, key []byte) (parts []string, ok bool) {
	if len(key) == 0 || key[0] != prefix {
		return nil, false
	}
	for rest := key[1:]; len(rest) > 0; {
		var part []byte
		if part, rest, ok = cutEnded(rest); !ok {
			return nil, false
		}
		parts = append(parts, string(part))
	}
	return parts, true
}

// Unknown calls yield for each range of keys that the map knows nothing of.
func Unknown(yield func(start, end []byte)) {
	from := []byte{0}
	for i := range len(known) {
		c := known[i]
		if from[0] < c {
			yield(from, []byte{c})
		}
		from = []byte{c + 1}
	}
	yield(from, bytes.Repeat([]byte{0xff}, 32))
}

// Kind is a part of the map.
type Kind struct {
	Name       string
	Start, End []byte
}

// Kinds are the parts of a store that stay what they are when other servers, or another engine, have it, in ascending order, with
// what the map knows nothing of: all but the format and the leases.
func Kinds() []Kind {
	names := map[byte]string{prefixIdentity: "identities", prefixBackup: "journals and backups", prefixCatalogue: "tables", prefixPeople: "people", prefixExpiry: "expiries",
		prefixGlobal: "global indexes", prefixItem: "items", prefixJob: "jobs", prefixLocal: "local indexes", prefixStamp: "stamp",
		prefixCounter: "ids", prefixTransfer: "exports and imports", prefixStream: "streams", prefixStats: "statistics",
		prefixToken: "idempotency tokens", prefixTTL: "expiring items"}
	var all []Kind
	for c, name := range names {
		start, end := only(c)
		all = append(all, Kind{name, start, end})
	}
	Unknown(func(start, end []byte) { all = append(all, Kind{"unknown", start, end}) })
	slices.SortFunc(all, func(a, b Kind) int { return bytes.Compare(a.Start, b.Start) })
	return all
}

// only is the range of one prefix.
func only(prefix byte) (start, end []byte) { return []byte{prefix}, []byte{prefix + 1} }

func scope(prefix byte, account, region string) []byte {
	key := make([]byte, 0, 1+len(account)+len(region)+4+64)
	return appendEnded(appendEnded(append(key, prefix), account), region)
}

func parseScoped(prefix byte, key []byte) (account, region, name string, ok bool) {
	if len(key) == 0 || key[0] != prefix {
		return "", "", "", false
	}
	a, rest, ok := cutEnded(key[1:])
	if !ok {
		return "", "", "", false
	}
	r, rest, ok := cutEnded(rest)
	return string(a), string(r), string(rest), ok
}
