package awsapi

import (
	"context"

	"github.com/statordb/stator/internal/policy"
)

// Simple is a call that needs at most one permission, and whose output is a value: most of a control plane's are.
type Simple struct {
	// Request is what was decoded.
	Request *Request
	// Operation and Namespace are as Request.Answer takes them.
	Operation, Namespace string
	// Need is the permission.
	Need policy.Need
	// Do does the work and returns the output.
	Do func(ctx context.Context) (out any, err error)
}

// Needs implements Call.
func (c *Simple) Needs() []policy.Need { return []policy.Need{c.Need} }

// Run implements Call.
func (c *Simple) Run(ctx context.Context, dst []byte) ([]byte, error) {
	out, err := c.Do(ctx)
	if err != nil {
		return dst, err
	}
	return c.Request.Answer(dst, c.Operation, c.Namespace, out)
}
