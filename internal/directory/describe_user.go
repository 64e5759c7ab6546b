package directory

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// describeUser decodes DescribeUser.
func (s *Store) describeUser(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		IdentityStoreId, UserId *string
		Extensions              []string
	}
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.id("userId", userARN, in.UserId)
		v.extensions(in.Extensions)
	})
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:DescribeUser", *in.IdentityStoreId, func(ctx context.Context) (out any, err error) {
		err = s.View(ctx, func(r kv.Reader) error {
			u, err := s.user(ctx, r, *in.UserId)
			if err == nil {
				out = s.userShape(u, in.Extensions)
			}
			return err
		})
		return out, err
	}, userARN+*in.UserId)
}

// user is User with the error for one that is not there.
func (s *Store) user(ctx context.Context, r kv.Reader, id string) (*User, error) {
	u, err := s.User(ctx, r, id)
	if err == nil && u == nil {
		err = notFound(userType, id)
	}
	return u, err
}

// listUsers decodes ListUsers.
func (s *Store) listUsers(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		IdentityStoreId *string
		Extensions      []string
		MaxResults      *int32
		NextToken       *string
		Filters         []types.Filter
	}
	in, v, err := read(req, func(in *request, v *input) {
		v.storeID(in.IdentityStoreId)
		v.extensions(in.Extensions)
		v.page(in.MaxResults, in.NextToken)
		v.filters(in.Filters)
	})
	if err != nil {
		return nil, err
	}
	type response struct {
		Users     []userShape
		NextToken *string
	}
	return s.call(v, "identitystore:ListUsers", *in.IdentityStoreId, func(ctx context.Context) (any, error) {
		from, err := after(in.NextToken)
		if err != nil {
			return nil, err
		}
		name, err := filtered(in.Filters, "UserName")
		if err != nil {
			return nil, err
		}
		p := newPage[userShape](in.MaxResults)
		err = s.View(ctx, func(r kv.Reader) error {
			if name != nil {
				u, err := s.UserByName(ctx, r, *name)
				if err == nil && u != nil {
					p.add(u.ID, *s.userShape(u, in.Extensions))
				}
				return err
			}
			return s.EachUser(ctx, r, from, func(u *User) (bool, error) { return p.add(u.ID, *s.userShape(u, in.Extensions)), nil })
		})
		return &response{p.items, p.next()}, err
	}, userARN+"*")
}

func (v *input) filters(all []types.Filter) {
	if len(all) > 1 {
		v.HideValues = true
		v.Count("filters", "", len(all), 0, 1)
		v.HideValues = false
		return
	}
	for _, f := range all {
		v.Required("filters.1.member.attributePath", f.AttributePath != nil)
		v.Length("filters.1.member.attributePath", f.AttributePath, 1, maxPath)
		v.Pattern("filters.1.member.attributePath", f.AttributePath, pathPattern)
		v.Required("filters.1.member.attributeValue", f.AttributeValue != nil)
		v.text("filters.1.member.attributeValue", f.AttributeValue)
	}
}

// filtered is what the one attribute has to be that a list can be filtered by; nil if it is not filtered.
func filtered(all []types.Filter, attribute string) (*string, error) {
	if len(all) == 0 {
		return nil, nil
	}
	if !strings.EqualFold(*all[0].AttributePath, attribute) {
		return nil, invalid("Invalid attribute path in filter: only " + attribute + " is supported")
	}
	return all[0].AttributeValue, nil
}

// getUserID decodes GetUserId.
func (s *Store) getUserID(req *awsapi.Request) (awsapi.Call, error) {
	in, v, err := read(req, checkAlternate)
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:GetUserId", *in.IdentityStoreId, func(ctx context.Context) (out any, err error) {
		err = s.View(ctx, func(r kv.Reader) error {
			u, err := s.alternateUser(ctx, r, in.AlternateIdentifier)
			if err == nil && u == nil {
				err = notFound(userType, "")
			}
			if err == nil {
				all := s.userShape(u, nil)
				out = &userShape{IdentityStoreId: all.IdentityStoreId, UserId: all.UserId, UserArn: all.UserArn}
			}
			return err
		})
		return out, err
	}, userARN+"*")
}

func (s *Store) alternateUser(ctx context.Context, r kv.Reader, a *alternateIdentifier) (*User, error) {
	if x := a.ExternalId; x != nil {
		return s.UserByExternalID(ctx, r, *x.Issuer, *x.Id)
	}
	value, err := a.value()
	if err != nil {
		return nil, err
	}
	switch strings.ToLower(*a.UniqueAttribute.AttributePath) {
	case "username":
		return s.UserByName(ctx, r, value)
	case "emails.value":
		return s.UserByEmail(ctx, r, value)
	}
	return nil, invalid("The only valid attribute paths are userName and emails.value")
}

type alternateRequest struct {
	IdentityStoreId     *string
	AlternateIdentifier *alternateIdentifier
}

// checkAlternate checks an identifier that is not the id: of a union, so that it is one of two.
func checkAlternate(in *alternateRequest, v *input) {
	v.storeID(in.IdentityStoreId)
	a := in.AlternateIdentifier
	v.Required("alternateIdentifier", a != nil)
	if a == nil {
		return
	}
	if (a.ExternalId == nil) == (a.UniqueAttribute == nil) {
		v.Add("null", "alternateIdentifier", "Member must have exactly one of externalId and uniqueAttribute")
	}
	if x := a.ExternalId; x != nil {
		v.Required("alternateIdentifier.externalId.issuer", x.Issuer != nil)
		v.sensitive("alternateIdentifier.externalId.issuer", x.Issuer, maxExternal, namePattern)
		v.Required("alternateIdentifier.externalId.id", x.Id != nil)
		v.sensitive("alternateIdentifier.externalId.id", x.Id, maxExternal, namePattern)
	}
	if u := a.UniqueAttribute; u != nil {
		v.Required("alternateIdentifier.uniqueAttribute.attributePath", u.AttributePath != nil)
		v.Length("alternateIdentifier.uniqueAttribute.attributePath", u.AttributePath, 1, maxPath)
		v.Pattern("alternateIdentifier.uniqueAttribute.attributePath", u.AttributePath, pathPattern)
		v.Required("alternateIdentifier.uniqueAttribute.attributeValue", u.AttributeValue != nil)
	}
}

// value is the text of the attribute that is looked for.
func (a *alternateIdentifier) value() (text string, err error) {
	if json.Unmarshal(a.UniqueAttribute.AttributeValue, &text) != nil || text == "" {
		return "", invalid("The attribute value has to be a string that is not empty")
	}
	return text, nil
}
