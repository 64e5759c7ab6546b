// Package kv is the storage contract of Stator: an ordered key-value store with transactions, small
// enough that a local engine and a distributed one both keep it, so that everything above is written once.
//
// It imports nothing of ours. Engines import it and nothing else of ours; kvtest proves that they keep it.
//
// # The contract
//
// Keys and values are byte strings, ordered as bytes.Compare orders them. Keys have 1 to [MaxKeySize] bytes,
// values 0 to [MaxValueSize]. The changes of one transaction add up to at most [MaxTxnSize].
//
// Isolation is snapshot isolation with explicit locks, which is what distributed engines give:
//
//   - A [Reader] sees one consistent snapshot. A [Txn] also sees its own writes, in Get, GetMany and Scan.
//   - Two transactions that write or lock the same key never both commit on what they read before the other
//     committed: one of them waits, or is run again.
//   - A read is protected only if its key was locked. Two transactions that read each other's keys and write
//     different ones may both commit (write skew) unless they lock what they read. Ranges are never
//     protected: a scan does not keep others from inserting into it.
//   - What a transaction that began after another's Update returned reads includes that other's changes.
//   - What a View or Update saw when it returns without error is durable, as far as the engine was told to be
//     durable: a crash never takes back what someone has seen.
//
// An attempt, which is one run of Update's function and its commit, takes effect at most [MaxTxnAge] after it began,
// or not at all. An engine that several processes share keeps this even when a process is suspended between its last
// look at the clock and its commit: it is the engine's clock that decides. An attempt that is too old is a
// conflict, and run again.
//
// Ownership: slices given to any method stay the caller's after the call returns; the engine copies what it
// keeps. Slices that a reader hands out are valid until the function given to View or Update returns, except
// those given to a Scan callback, which are valid only during that call. Nobody writes into them.
//
// No method panics on bad input. Every method that may wait ends with the context's error soon after the
// context ends, except that a commit which has begun is waited for, so that its outcome is known.
package kv

import (
	"context"
	"errors"
	"time"
)

// Limits that every engine keeps. TiKV's defaults are the tightest: 6 MiB an entry, and a transaction that is
// sent to a region in pieces. A DynamoDB transaction of 4 MB fits with its entries in 25 indexes.
const (
	MaxKeySize   = 16 << 10
	MaxValueSize = 4 << 20
	MaxTxnSize   = 128 << 20
)

// MaxTxnAge is the longest that an attempt of an Update takes. It bounds how long whoever changed what others
// go by has to wait until nobody does any more.
const MaxTxnAge = 5 * time.Second

var (
	// ErrConflict: another transaction committed a change to a key that this one wrote or locked. DB.Update
	// runs the function again by itself and returns ErrConflict only when it gave up.
	ErrConflict = errors.New("kv: transaction conflict")
	// ErrTooLarge: a key, a value or a transaction over its limit, or an empty key.
	ErrTooLarge = errors.New("kv: key, value or transaction outside the limits")
	// ErrClosed: the DB was closed.
	ErrClosed = errors.New("kv: closed")
	// ErrUnknownOutcome: the connection was lost at commit, and whether the transaction happened could not be
	// found out. Local engines never return it.
	ErrUnknownOutcome = errors.New("kv: outcome of the transaction unknown")
)

// DB is an engine. It is safe for concurrent use.
type DB interface {
	// View runs fn over one snapshot, taken no earlier than the call. It returns fn's error.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn and commits its changes if fn returns nil; otherwise nothing is changed and Update
	// returns fn's error. It may run fn again, from the start with a new Txn, when it conflicts: fn has no other
	// effects, and must reset what it collects. It returns after the changes are durable.
	//
	// Errors besides fn's: ErrConflict, ErrTooLarge, ErrClosed, ErrUnknownOutcome, the context's.
	Update(ctx context.Context, fn func(Txn) error) error

	// DropRange deletes all keys in [start, end), outside any transaction: for the data of a dropped table, which
	// nobody reads or writes any more. It may be done again after a crash. An empty start or end is ErrTooLarge, so
	// that a forgotten bound does not drop everything.
	DropRange(ctx context.Context, start, end []byte) error

	// Close waits for calls in flight and releases the engine. Calls after it return ErrClosed.
	Close() error
}

// Reader reads one snapshot. It is used by one goroutine at a time and not after its function returned.
type Reader interface {
	// Get returns the value of key, and nil if there is none. An empty value is returned as an empty
	// slice that is not nil.
	Get(ctx context.Context, key []byte) ([]byte, error)

	// GetMany returns the values of keys in their order, as Get does, in as few round trips as it can.
	GetMany(ctx context.Context, keys [][]byte) ([][]byte, error)

	// Scan calls fn for each key in r, in ascending order or, if r.Reverse, in descending order, until fn
	// returns false or an error. It returns fn's error. fn may read, and write: a scan sees the writes that were
	// made before it began.
	Scan(ctx context.Context, r Range, fn func(key, value []byte) (more bool, err error)) error

	// Time is the engine's clock, which goes on while a process, or its whole machine, is suspended. In a View that has read nothing
	// yet it is no later than the snapshot. In an Update it is when the attempt began, from which MaxTxnAge counts; it costs
	// nothing once something was locked or read.
	Time(ctx context.Context) (time.Time, error)
}

// Range is the keys from Start, included, to End, excluded. An empty End is after every key.
type Range struct {
	Start, End []byte
	// Reverse scans from the end to the start.
	Reverse bool
	// Limit is about how many entries the caller will take, so that a distributed engine fetches no more
	// at a time; 0 if it can't say. It does not end the scan.
	Limit int
}

// Txn is a Reader that also sees and makes changes.
type Txn interface {
	Reader

	// Lock takes the locks of keys, waiting for their holders, and keeps them until the transaction ends. What is
	// read afterwards is current. Lock every key of a change in one call, before the first read; then
	// transactions never wait for each other in a circle. Keys may be in any order, repeat, and not exist.
	// A Lock after a read is allowed, and makes the transaction conflict if a key changed since its snapshot.
	Lock(ctx context.Context, keys ...[]byte) error

	// Set gives key a value. Delete removes it, and is no error if there is none. Errors are found at the latest at commit.
	Set(key, value []byte) error
	Delete(key []byte) error
}
