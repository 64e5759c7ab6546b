package identity

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// The quotas of OpenID Connect providers.
const (
	maxOIDCProviders = 100
	maxClientIDs     = 100
	maxThumbprints   = 5
	thumbprintLength = 40
)

// oidcRecord is an OpenID Connect provider. Its name is its URL without the scheme.
type oidcRecord struct {
	entity
	ClientIDs   []string `json:",omitempty"`
	Thumbprints []string `json:",omitempty"`
}

// provider is the target of an operation on an identity provider that is named by its ARN.
func provider(k kind, arn *string) resource {
	return func(v *view) (target, error) {
		name, ok := v.providerName(k, *arn)
		if !ok {
			return target{arn: *arn}, nil
		}
		b, _, err := v.base(k, name)
		if err != nil || b == nil || b.arn(v.account, k) != *arn {
			return target{arn: *arn}, err
		}
		return target{arn: *arn, tags: b.Tags}, nil
	}
}

// providerName is the name in the ARN of an identity provider or a device of the account.
func (v *view) providerName(k kind, arn string) (string, bool) {
	return strings.CutPrefix(arn, "arn:aws:iam::"+v.account+":"+string(k)+"/")
}

// providerOf reads an identity provider by its ARN, all of which has to be right.
func providerOf[T any](v *view, k kind, arn string, base func(*T) *entity) (*T, error) {
	if name, ok := v.providerName(k, arn); ok {
		p, err := byName[T](v, k, name)
		if err != nil {
			return nil, err
		}
		if p != nil && base(p).arn(v.account, k) == arn {
			return p, nil
		}
	}
	return nil, notFound(k, arn)
}

func (v *view) oidc(arn *string) (*oidcRecord, error) {
	return providerOf(v, oidcKind, *arn, (*oidcRecord).base)
}

// createOpenIDConnectProvider decodes CreateOpenIDConnectProvider.
func (s *Store) createOpenIDConnectProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateOpenIDConnectProviderInput](req, "Url")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	name := strings.TrimPrefix(*in.Url, "https://") // a slash at the end is a part of the issuer's name
	return s.write(req, "CreateOpenIDConnectProvider", created(oidcKind, nil, &name), func(e *edit) (any, error) {
		u, err := url.Parse(*in.Url)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, invalidInput("Invalid Open ID Connect Provider URL")
		}
		p := &oidcRecord{entity: e.newEntity("OIDC", nil, &name, tags), ClientIDs: in.ClientIDList, Thumbprints: in.ThumbprintList}
		if err := p.limits(); err != nil {
			return nil, err
		}
		if err := create(e, oidcKind, p, "OpenIDConnectProvidersPerAccount", maxOIDCProviders); err != nil {
			return nil, err
		}
		return &iam.CreateOpenIDConnectProviderOutput{OpenIDConnectProviderArn: aws.String(p.arn(e.account, oidcKind)), Tags: showTags(tags)}, nil
	}, requestTags(in.Tags))
}

func (p *oidcRecord) limits() error {
	switch {
	case len(p.ClientIDs) > maxClientIDs:
		return overQuota("ClientIdsPerOpenIdConnectProvider", maxClientIDs)
	case len(p.Thumbprints) > maxThumbprints:
		return invalidInput("Thumbprint list must contain fewer than 5 entries.")
	}
	var bad awsapi.Violations
	for i := range p.Thumbprints {
		bad.Length("thumbprintList."+strconv.Itoa(i+1)+".member", &p.Thumbprints[i], thumbprintLength, thumbprintLength)
	}
	return bad.Err(awsapi.ValidationError)
}

// getOpenIDConnectProvider decodes GetOpenIDConnectProvider.
func (s *Store) getOpenIDConnectProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetOpenIDConnectProviderInput](req, "OpenIDConnectProviderArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetOpenIDConnectProvider", provider(oidcKind, in.OpenIDConnectProviderArn), func(v *view) (any, error) {
		p, err := v.oidc(in.OpenIDConnectProviderArn)
		if err != nil {
			return nil, err
		}
		return &iam.GetOpenIDConnectProviderOutput{Url: aws.String(p.Name), ClientIDList: p.ClientIDs, ThumbprintList: p.Thumbprints,
			CreateDate: aws.Time(p.Created), Tags: showTags(p.Tags)}, nil
	})
}

// listOpenIDConnectProviders decodes ListOpenIDConnectProviders.
func (s *Store) listOpenIDConnectProviders(req *awsapi.Request) (awsapi.Call, error) {
	return s.read(req, "ListOpenIDConnectProviders", anything, func(v *view) (any, error) {
		out := &iam.ListOpenIDConnectProvidersOutput{OpenIDConnectProviderList: []types.OpenIDConnectProviderListEntry{}}
		err := each(v, oidcKind, "", func(p *oidcRecord) (bool, error) {
			out.OpenIDConnectProviderList = append(out.OpenIDConnectProviderList, types.OpenIDConnectProviderListEntry{Arn: aws.String(p.arn(v.account, oidcKind))})
			return true, nil
		})
		return out, err
	})
}

// changeOIDC is a call that changes a provider.
func (s *Store) changeOIDC(req *awsapi.Request, name string, arn *string, change func(*oidcRecord)) (awsapi.Call, error) {
	return s.write(req, name, provider(oidcKind, arn), func(e *edit) (any, error) {
		p, err := e.oidc(arn)
		if err != nil {
			return nil, err
		}
		change(p)
		if err := p.limits(); err != nil {
			return nil, err
		}
		return nil, save(e, oidcKind, p)
	})
}

// addClientIDToOpenIDConnectProvider decodes AddClientIDToOpenIDConnectProvider.
func (s *Store) addClientIDToOpenIDConnectProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.AddClientIDToOpenIDConnectProviderInput](req, "OpenIDConnectProviderArn", "ClientID")
	if err != nil {
		return nil, err
	}
	return s.changeOIDC(req, "AddClientIDToOpenIDConnectProvider", in.OpenIDConnectProviderArn, func(p *oidcRecord) {
		if !slices.Contains(p.ClientIDs, *in.ClientID) {
			p.ClientIDs = append(p.ClientIDs, *in.ClientID)
		}
	})
}

// removeClientIDFromOpenIDConnectProvider decodes RemoveClientIDFromOpenIDConnectProvider.
func (s *Store) removeClientIDFromOpenIDConnectProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.RemoveClientIDFromOpenIDConnectProviderInput](req, "OpenIDConnectProviderArn", "ClientID")
	if err != nil {
		return nil, err
	}
	return s.changeOIDC(req, "RemoveClientIDFromOpenIDConnectProvider", in.OpenIDConnectProviderArn, func(p *oidcRecord) {
		p.ClientIDs = slices.DeleteFunc(p.ClientIDs, func(id string) bool { return id == *in.ClientID })
	})
}

// updateOpenIDConnectProviderThumbprint decodes UpdateOpenIDConnectProviderThumbprint.
func (s *Store) updateOpenIDConnectProviderThumbprint(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateOpenIDConnectProviderThumbprintInput](req, "OpenIDConnectProviderArn", "ThumbprintList")
	if err != nil {
		return nil, err
	}
	return s.changeOIDC(req, "UpdateOpenIDConnectProviderThumbprint", in.OpenIDConnectProviderArn, func(p *oidcRecord) { p.Thumbprints = in.ThumbprintList })
}

// deleteOpenIDConnectProvider decodes DeleteOpenIDConnectProvider.
func (s *Store) deleteOpenIDConnectProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteOpenIDConnectProviderInput](req, "OpenIDConnectProviderArn")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteOpenIDConnectProvider", provider(oidcKind, in.OpenIDConnectProviderArn), func(e *edit) (any, error) {
		p, err := e.oidc(in.OpenIDConnectProviderArn)
		if err != nil {
			return nil, err
		}
		return nil, remove(e, oidcKind, p.base())
	})
}

// tagOpenIDConnectProvider decodes TagOpenIDConnectProvider.
func (s *Store) tagOpenIDConnectProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.TagOpenIDConnectProviderInput](req, "OpenIDConnectProviderArn", "Tags")
	if err != nil {
		return nil, err
	}
	return tagEntity(s, req, "TagOpenIDConnectProvider", provider(oidcKind, in.OpenIDConnectProviderArn), oidcKind, func(v *view) (*oidcRecord, error) { return v.oidc(in.OpenIDConnectProviderArn) }, in.Tags)
}

// untagOpenIDConnectProvider decodes UntagOpenIDConnectProvider.
func (s *Store) untagOpenIDConnectProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UntagOpenIDConnectProviderInput](req, "OpenIDConnectProviderArn", "TagKeys")
	if err != nil {
		return nil, err
	}
	return untagEntity(s, req, "UntagOpenIDConnectProvider", provider(oidcKind, in.OpenIDConnectProviderArn), oidcKind, func(v *view) (*oidcRecord, error) { return v.oidc(in.OpenIDConnectProviderArn) }, in.TagKeys)
}

// listOpenIDConnectProviderTags decodes ListOpenIDConnectProviderTags.
func (s *Store) listOpenIDConnectProviderTags(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListOpenIDConnectProviderTagsInput](req, "OpenIDConnectProviderArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListOpenIDConnectProviderTags", provider(oidcKind, in.OpenIDConnectProviderArn), func(v *view) (any, error) {
		rec, err := v.oidc(in.OpenIDConnectProviderArn)
		if err != nil {
			return nil, err
		}
		p, err := pageOfTags(rec.base(), in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListOpenIDConnectProviderTagsOutput{Tags: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}
