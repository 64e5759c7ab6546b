package dynamodb

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/table"
)

// The limits of transactions (API reference, TransactWriteItems): items, and bytes of them all.
const (
	maxTransact      = 100
	maxTransactBytes = 4 << 20
)

// errTransactTwice is the error of a transaction that names an item twice.
var errTransactTwice = awsapi.Validation("Transaction request cannot include multiple operations on one item")

// errTransactReads is the error of a transaction that reads too much.
var errTransactReads = awsapi.Validation("Aggregated size of items in the transaction has exceeded the maximum allowed size of 4 MB")

// writeAll makes the changes of a transaction. It is repeated, and did nothing, if the token says that it was done before.
func (s *Service) writeAll(ctx context.Context, writes []table.Write, token *table.Token) (written []table.Written, repeated bool, err error) {
	if err := s.admit(writes); err != nil {
		return nil, false, err
	}
	written, err = s.write(ctx, writes, token)
	switch {
	case errors.Is(err, table.ErrRefused):
		errs := make([]error, len(written))
		for i, w := range written {
			errs[i] = w.Err
		}
		return nil, false, canceled(errs)
	case errors.Is(err, table.ErrTokenMismatch):
		return nil, false, &awsapi.Error{Code: "IdempotentParameterMismatchException", Status: http.StatusBadRequest,
			Message: "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical"}
	case errors.Is(err, table.ErrRepeated):
		return nil, true, nil
	}
	return written, false, err
}

// admit cancels the transaction if there is no capacity left for one of its parts.
func (s *Service) admit(writes []table.Write) error {
	if s.throttle == nil {
		return nil
	}
	errs := make([]error, len(writes))
	for i := range writes {
		errs[i] = s.mayWrite(writes[i].Table)
	}
	if slices.ContainsFunc(errs, isThrottled) {
		return canceled(errs)
	}
	return nil
}

// errWholeTransaction is the cause of an error that refuses a transaction as a whole instead of being the reason why it
// was cancelled.
var errWholeTransaction = errors.New("dynamodb: not a cancellation reason")

// emptyValue is how AWS begins to speak of an empty value.
const emptyValue = "One or more parameter values are not valid. "

// emptyKey is the refusal of an empty value for a key, of the table or of an index.
func emptyKey(message string) error {
	err := awsapi.Validation(emptyValue + message)
	err.Cause = errWholeTransaction
	return err
}

// canceled is the TransactionCanceledException whose reasons, one for each item in order, are errs; nil stands for an
// item that was not the cause.
func canceled(errs []error) error {
	codes := make([]string, len(errs))
	reasons := make([]*awsapi.Error, len(errs))
	for i, err := range errs {
		codes[i] = "None"
		if err == nil {
			continue
		}
		var e *awsapi.Error
		if !errors.As(err, &e) || errors.Is(err, errWholeTransaction) {
			return err
		}
		reasons[i] = e
		codes[i] = reasonCode(e)
	}
	return &awsapi.Error{
		Code: "TransactionCanceledException", Status: http.StatusBadRequest,
		Message: "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]",
		Members: []awsapi.Member{{Name: "CancellationReasons", Append: func(dst []byte) []byte {
			dst = append(dst, '[')
			for i, code := range codes {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = appendReason(dst, code, reasons[i])
			}
			return append(dst, ']')
		}}},
	}
}

// appendReason appends why a part of a transaction or of a batch failed: a CancellationReason or a BatchStatementError. The
// error is nil for a part that did not.
func appendReason(dst []byte, code string, e *awsapi.Error) []byte {
	dst = append(dst, `{"Code":`...)
	dst = jsonscan.AppendString(dst, code)
	if e != nil {
		for _, m := range e.Members {
			if m.Name != "Item" { // the only one that a reason has
				continue
			}
			dst = append(dst, `,"Item":`...)
			dst = m.Append(dst)
		}
		dst = append(dst, `,"Message":`...)
		dst = jsonscan.AppendString(dst, e.Message)
	}
	return append(dst, '}')
}

// reasonCode is the code of a cancellation reason: the error's name in short.
func reasonCode(e *awsapi.Error) string {
	switch e.Code {
	case "ConditionalCheckFailedException":
		return "ConditionalCheckFailed"
	case "ValidationException":
		return "ValidationError"
	case "ItemCollectionSizeLimitExceededException":
		return "ItemCollectionSizeLimitExceeded"
	case "ThrottlingException", "RequestLimitExceeded":
		return "ThrottlingError"
	}
	return strings.TrimSuffix(e.Code, "Exception")
}

// itemKey is an item among those of a transaction.
type itemKey struct {
	table uint64
	key   string
}

// distinct remembers which items a transaction named.
type distinct map[itemKey]struct{}

func (d distinct) add(table uint64, key attribute.Value) bool {
	k := itemKey{table, string(key)}
	if _, there := d[k]; there {
		return false
	}
	d[k] = struct{}{}
	return true
}
