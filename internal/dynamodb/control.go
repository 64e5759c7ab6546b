package dynamodb

import (
	"context"
	"errors"
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// control is a call of the control plane: its input and output are the AWS SDK's types, and run does the work.
type control[Out any] struct {
	// subject is nil for calls that are about no table.
	subject *subject
	needs   []policy.Need
	run     func(ctx context.Context) (Out, error)
}

// onTable is a call that needs one permission on a table.
func onTable[Out any](s *Service, req *awsapi.Request, action, name string, run func(ctx context.Context) (Out, error)) control[Out] {
	u := s.subject(req, name)
	return control[Out]{subject: &u, needs: []policy.Need{u.need(action, "", tagged{&u, nil})}, run: run}
}

// nothing is the answer of an operation that has none: an empty body.
type nothing struct{}

// Needs implements awsapi.Call.
func (c control[Out]) Needs() []policy.Need { return c.needs }

// Run implements awsapi.Call.
func (c control[Out]) Run(ctx context.Context, dst []byte) ([]byte, error) {
	if c.subject != nil && c.subject.err != nil {
		return dst, c.subject.err
	}
	out, err := c.run(ctx)
	if err != nil {
		return dst, err
	}
	if _, none := any(out).(nothing); none {
		return dst, nil
	}
	return awsapi.AppendJSON(dst, out), nil
}

// optional is a string member of an SDK input as the validation has it.
func optional[T ~string](s *T) text {
	if s == nil {
		return text{}
	}
	return text{true, string(*s)}
}

// enumText is an enumeration of an SDK input, which is empty if it was not given.
func enumText[T ~string](s T) text { return text{s != "", string(s)} }

// tableName checks that there is a TableName of the right length, which AWS does for the operations on tables before all
// else and in other words than for the operations on items. The rest of it is checked with the other constraints.
func tableName(name *string) error {
	switch {
	case name == nil:
		return awsapi.Validation("The parameter 'TableName' is required but was not present in the request")
	case arnParts(*name) != nil:
		return nil
	case len(*name) < 3 || len(*name) > 255:
		return awsapi.Validation("TableName must be at least 3 characters long and at most 255 characters long")
	}
	return nil
}

// tableNameAlone checks the whole TableName of an operation that has no other member.
func tableNameAlone(name *string) error {
	if err := tableName(name); err != nil {
		return err
	}
	var v violations
	v.table(optional(name))
	return v.err()
}

// change changes a table, unless it is still being created.
func (s *Service) change(ctx context.Context, scope table.Scope, name string, fn func(*table.Descriptor) error) (*table.Descriptor, error) {
	return s.store.Change(ctx, scope, name, func(d *table.Descriptor) error {
		if d.Creating {
			return inUse(stillCreating + d.Name)
		}
		return fn(d)
	})
}

const stillCreating = "Attempt to change a resource which is still in use: Table is being created: "

// catalogueError turns the errors of the catalogue into what the client sees.
func catalogueError(err error, name string) error {
	switch {
	case errors.Is(err, table.ErrNotFound):
		return notFound("Requested resource not found: Table: " + name + " not found")
	case errors.Is(err, table.ErrExists):
		return inUse("Table already exists: " + name)
	case errors.Is(err, table.ErrBackupInUse):
		return inUse("Attempt to change a resource which is still in use: Table is being backed up: " + name)
	}
	return err
}

func inUse(message string) error {
	return &awsapi.Error{Code: "ResourceInUseException", Status: http.StatusBadRequest, Message: message}
}

func limitExceeded(message string) error {
	return &awsapi.Error{Code: "LimitExceededException", Status: http.StatusBadRequest, Message: message}
}
