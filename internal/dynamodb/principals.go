package dynamodb

import (
	"context"
	"strings"

	"github.com/statordb/stator/internal/policy"
)

// Principals knows the users and roles of all accounts. A policy that is kept names them by their unique ids, so that one
// who is deleted and made again under the same name does not get what the first had.
type Principals interface {
	// PrincipalID returns the unique id of the user or role with that ARN, ok false if there is none.
	PrincipalID(ctx context.Context, arn string) (id string, ok bool, err error)
	// PrincipalARN returns the ARN of the user or role with that unique id, ok false if there is none any more.
	PrincipalARN(ctx context.Context, id string) (arn string, ok bool, err error)
}

// errInvalidPrincipal is the error for a policy that names a user or role that does not exist.
var errInvalidPrincipal = refused("Invalid principal in policy document.")

// isEntity says whether a principal of a policy is a user or a role, by ARN or by unique id. Accounts, sessions, services and
// everybody are not: they stay as they are written.
func isEntity(typ, value string) (arn, id bool) {
	if typ != "AWS" || value == "*" {
		return false, false
	}
	parts := strings.SplitN(value, ":", 6)
	if len(parts) == 1 {
		return false, true
	}
	return len(parts) == 6 && parts[2] == "iam" && parts[5] != "root", false
}

// identify puts unique ids in the place of the ARNs of users and roles, all of which have to exist.
func (s *Service) identify(ctx context.Context, d *policy.Document) error {
	if s.principals == nil {
		return nil
	}
	err := d.MapPrincipals(func(typ, value string) (string, error) {
		arn, id := isEntity(typ, value)
		ok := true
		var err error
		switch {
		case arn:
			value, ok, err = s.principals.PrincipalID(ctx, value)
		case id:
			_, ok, err = s.principals.PrincipalARN(ctx, value)
		}
		if err == nil && !ok {
			err = errInvalidPrincipal
		}
		return value, err
	})
	mergePrincipals(d)
	return err
}

// name puts ARNs in the place of the unique ids of users and roles that still exist.
func (s *Service) name(ctx context.Context, d *policy.Document) error {
	if s.principals == nil {
		return nil
	}
	return d.MapPrincipals(func(typ, value string) (string, error) {
		if _, id := isEntity(typ, value); !id {
			return value, nil
		}
		arn, ok, err := s.principals.PrincipalARN(ctx, value)
		if err != nil || !ok {
			return value, err
		}
		return arn, nil
	})
}

// mergePrincipals leaves out principals that are named twice.
func mergePrincipals(d *policy.Document) {
	for i := range d.Statements {
		for _, ps := range []*policy.Principals{d.Statements[i].Principal, d.Statements[i].NotPrincipal} {
			if ps == nil {
				continue
			}
			seen := map[policy.PrincipalMember]bool{}
			var kept []policy.PrincipalMember
			for _, m := range ps.Members {
				if !seen[m] {
					kept = append(kept, m)
				}
				seen[m] = true
			}
			ps.Members = kept
		}
	}
}
