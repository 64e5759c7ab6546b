package identity

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// claim is a request for a role by somebody whom an identity provider vouches for: a Claim.
type claim struct {
	tokenCall
	assumption
	// prove verifies what the provider signed, and begins the session by it.
	prove func(context.Context) (*policy.Principal, error)
	// tags are those that the provider gives.
	tags []types.Tag
}

// Authenticate implements awsapi.Claim.
func (c *claim) Authenticate(ctx context.Context) (*policy.Principal, error) {
	err := c.s.db.View(ctx, func(r kv.Reader) error { return c.find(c.view(ctx, r)) })
	if err != nil {
		return nil, err
	}
	p, err := c.prove(ctx)
	if err != nil {
		return nil, err
	}
	c.conditions["sts:rolesessionname"] = []string{c.Name}
	c.ask(c.tags)
	return p, nil
}

// vouched takes over what a provider says beside who the user is, and returns the user.
func (c *claim) vouched(provider string, keys policy.MapContext, tags map[string]string, transitive []string, source string) (*policy.Principal, error) {
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		c.tags = append(c.tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	var said *string
	if source != "" {
		said = &source
	}
	// Nobody can ask for what these may not be: a provider can't either.
	var bad awsapi.Violations
	checkTags(&bad, "tags", ofIAM(c.tags))
	constraints["SourceIdentity"].checkText(&bad, "sourceIdentity", said, constraints["SourceIdentity"].high)
	if err := bad.Err("InvalidIdentityToken"); err != nil {
		return nil, err
	}
	keys["aws:federatedprovider"] = []string{provider}
	c.Keys = keys
	p := &policy.Principal{Type: policy.WebOrSAML, Provider: provider, Session: &policy.Session{Keys: keys}}
	if err := c.tag(p, c.tags, transitive); err != nil {
		return nil, err
	}
	return p, c.identify(p, said)
}

// federationError is AWS's error for what is wrong with a token or an assertion.
func federationError(err error) error {
	var bad *federation.Error
	if !errors.As(err, &bad) {
		return err
	}
	e := &awsapi.Error{Code: "InvalidIdentityToken", Status: http.StatusBadRequest, Message: bad.Message, Cause: err}
	switch bad.Kind {
	case federation.ErrExpired:
		e.Code = "ExpiredTokenException"
	case federation.ErrUnreachable:
		e.Code = "IDPCommunicationError"
	case federation.ErrRejected:
		e.Code, e.Status = "IDPRejectedClaim", http.StatusForbidden
	}
	return e
}
