package table

import "errors"

// Errors of the catalogue and of changes.
var (
	// ErrExists: there is a table of that name.
	ErrExists = errors.New("table: exists")
	// ErrNotFound: there is no table of that name.
	ErrNotFound = errors.New("table: not found")
	// ErrStale: the descriptor is no longer the table's current one; get it again and plan again.
	ErrStale = errors.New("table: stale descriptor")
	// ErrRefused: at least one Write's Apply returned an error; nothing was changed.
	ErrRefused = errors.New("table: change refused")
	// ErrRepeated: the token's transaction was done before, with the same request.
	ErrRepeated = errors.New("table: transaction done before")
	// ErrTokenMismatch: the token was used for another request.
	ErrTokenMismatch = errors.New("table: token used for another request")
	// ErrFormat: the store was written by a version of the program that keeps things differently, most often a newer one.
	ErrFormat = errors.New("table: unknown format of the store")
	// ErrCorrupt: something stored is not what was stored.
	ErrCorrupt = errors.New("table: corrupt")
	// ErrKey: a key that lacks an attribute of the table's or the index's key, or has one of another kind. Callers
	// check keys before, so that it is a mistake in the program.
	ErrKey = errors.New("table: not a key of the table")
)
