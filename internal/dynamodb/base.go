package dynamodb

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// base is what every operation on one table has.
type base struct {
	s   *Service
	req *awsapi.Request

	tableName      text
	returnCapacity text

	subject subject
	needed  [1]policy.Need
	// itemCount is how many items a Query, a Scan or a statement returns.
	itemCount int
}

// need is the one permission of the operation, on its table or an index.
func (b *base) need(action, index string, conditions policy.Context) []policy.Need {
	b.subject = b.s.subject(b.req, b.tableName.value)
	b.needed[0] = b.subject.need(action, index, conditions)
	return b.needed[:]
}

// table finds the operation's table.
func (b *base) table(ctx context.Context) (*table.Descriptor, error) {
	return b.s.table(ctx, b.req, b.tableName.value, &b.subject)
}

// place is where a table named in a request is: the name may be an ARN.
func place(req *awsapi.Request, name string) (table.Scope, string) {
	if parts := arnParts(name); parts != nil {
		return table.Scope{Account: parts[4], Region: parts[3]}, strings.TrimPrefix(parts[5], "table/")
	}
	return table.Scope{Account: req.Caller.Account, Region: req.Region}, name
}

// arnParts splits arn:aws:dynamodb:region:account:table/name; it is nil for what is no ARN.
func arnParts(name string) []string {
	if !strings.HasPrefix(name, "arn:") {
		return nil
	}
	if parts := strings.SplitN(name, ":", 6); len(parts) == 6 {
		return parts
	}
	return nil
}

// isTableARN says whether name is the ARN of a table, and nothing that could be read as something else.
func isTableARN(name string) bool {
	parts := arnParts(name)
	if parts == nil || parts[1] != "aws" || parts[2] != "dynamodb" || !nameCharacters(parts[3]) || len(parts[4]) != 12 || !nameCharacters(parts[4]) {
		return false
	}
	table, ok := strings.CutPrefix(parts[5], "table/")
	return ok && len(table) >= 3 && len(table) <= 255 && nameCharacters(table)
}

// locate is place for an operation that is about to look there. Tables of other regions are out of reach.
func locate(req *awsapi.Request, name string) (table.Scope, string, error) {
	scope, short := place(req, name)
	if scope.Region != req.Region {
		return scope, short, awsapi.Validation("1 validation error detected: Invalid AWS region in '" + name + "'")
	}
	return scope, short, nil
}

// arn is the ARN of a table, or of one of its indexes.
func arn(scope table.Scope, name, index string) string {
	s := "arn:aws:dynamodb:" + scope.Region + ":" + scope.Account + ":table/" + name
	if index != "" {
		s += "/index/" + index
	}
	return s
}

// table finds a table for an operation on its items, unless it was found when the operation was authorised.
func (s *Service) table(ctx context.Context, req *awsapi.Request, name string, u *subject) (*table.Descriptor, error) {
	if u.err != nil {
		return nil, u.err
	}
	if u.table == nil {
		scope, name, err := locate(req, name)
		if err != nil {
			return nil, err
		}
		d, err := s.store.Table(ctx, scope, name)
		if errors.Is(err, table.ErrNotFound) {
			return nil, errNoTable
		}
		if err != nil {
			return nil, err
		}
		u.table = d
	}
	if u.table.Creating {
		return nil, errNoTable
	}
	return u.table, nil
}

// errNoTable is also for a table that is still being created: it has no items yet.
var errNoTable = notFound("Requested resource not found")

// maxPlans bounds how often an operation is planned again because its table changed meanwhile.
const maxPlans = 16

// planned runs fn again as long as a table that it planned with, one of the subjects, has changed since.
func planned(fn func() error, subjects ...*subject) error {
	for range maxPlans {
		if err := fn(); !errors.Is(err, table.ErrStale) {
			return err
		}
		for _, u := range subjects {
			u.table = nil
		}
	}
	return &awsapi.Error{Code: "ResourceInUseException", Status: http.StatusBadRequest,
		Message: "Attempt to change a resource which is still in use"}
}

func notFound(message string) error {
	return &awsapi.Error{Code: "ResourceNotFoundException", Status: http.StatusBadRequest, Message: message}
}

// invalid returns the validation error for the first of errs that is there, nil if none is.
func invalid(errs ...*attribute.Error) error {
	for _, err := range errs {
		if err != nil {
			return awsapi.Validation(err.Message)
		}
	}
	return nil
}

// expressionError is the error of an expression's parser or evaluation as the client sees it.
func expressionError(err error) error {
	if err == nil {
		return nil
	}
	return awsapi.Validation(err.Error())
}

// conditionFailed is the answer to a condition that was false; item is shown if the caller asked for it.
func conditionFailed(item attribute.Value) *awsapi.Error {
	err := &awsapi.Error{Code: "ConditionalCheckFailedException", Status: http.StatusBadRequest, Message: "The conditional request failed"}
	if item != nil {
		err.Members = []awsapi.Member{{Name: "Item", Append: item.AppendItemJSON}}
	}
	return err
}
