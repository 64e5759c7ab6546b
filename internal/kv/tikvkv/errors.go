package tikvkv

import (
	"context"
	"errors"
	"fmt"

	tikverr "github.com/tikv/client-go/v2/error"

	"github.com/statordb/stator/internal/kv"
)

// errEnded is what the methods of a Reader or Txn return after its function returned.
var errEnded = errors.New("tikvkv: used after the transaction ended")

// failed returns what a failure of the client is to the caller: the context's error if it ended, a conflict if it is one,
// and otherwise the failure itself. It returns nil for nil.
func failed(ctx context.Context, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case isConflict(err):
		return kv.ErrConflict
	case isTooLarge(err):
		return kv.ErrTooLarge
	}
	return fmt.Errorf("tikvkv: %s: %w", what, err)
}

// isConflict says whether err means that another transaction was first, and that this one certainly did not happen.
func isConflict(err error) bool {
	if tikverr.IsErrorUndetermined(err) {
		return false
	}
	var deadlock *tikverr.ErrDeadlock
	var retryable *tikverr.ErrRetryable // somebody rolled it back, having waited too long for its locks
	return tikverr.IsErrWriteConflict(err) || errors.As(err, &deadlock) || errors.As(err, &retryable) ||
		errors.Is(err, tikverr.ErrLockWaitTimeout)
}

func isTooLarge(err error) bool {
	var txn *tikverr.ErrTxnTooLarge
	var entry *tikverr.ErrEntryTooLarge
	return errors.As(err, &txn) || errors.As(err, &entry)
}
