package center

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	"github.com/google/uuid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// maxIssuers is AWS's quota of trusted token issuers of an instance.
const maxIssuers = 10

// issuerRecord is a trusted token issuer.
type issuerRecord struct {
	ID, Name, URL string
	// Claim is the claim, and Attribute the path in the identity store, that say who a token is about.
	Claim, Attribute string
	Tags             []policy.Tag `json:",omitempty"`
	Token, Asked     string       `json:",omitempty"` // as those of an application
}

func issuerKey(id string) []byte { return key("issuer", id) }

func (i *instanceRecord) issuerARN(id string) string {
	return "arn:aws:sso::" + i.Owner + ":trustedTokenIssuer/" + i.ID + "/" + id
}

// TokenIssuer is a trusted token issuer: an OpenID Connect provider whose tokens are exchanged for some of ours.
type TokenIssuer struct {
	ARN, Name, URL string
	// Claim is the claim of a token whose value the user of UserOf has.
	Claim string

	attribute string
}

// TokenIssuer returns a trusted token issuer by its ARN, nil if there is none.
func (s *Store) TokenIssuer(ctx context.Context, r kv.Reader, arn string) (*TokenIssuer, error) {
	inst, err := find[instanceRecord](ctx, r, instanceKey())
	if err != nil || inst == nil || arn != inst.issuerARN(lastPart(arn)) {
		return nil, err
	}
	rec, err := find[issuerRecord](ctx, r, issuerKey(lastPart(arn)))
	if err != nil || rec == nil {
		return nil, err
	}
	return &TokenIssuer{arn, rec.Name, rec.URL, rec.Claim, rec.Attribute}, nil
}

// UserOf returns the user whose attribute has the value of the issuer's claim, nil if there is none. One that is disabled is
// returned too.
func (s *Store) UserOf(ctx context.Context, r kv.Reader, issuer *TokenIssuer, value string) (*directory.User, error) {
	switch strings.ToLower(issuer.attribute) {
	case "username":
		return s.dir.UserByName(ctx, r, value)
	case "emails.value":
		return s.dir.UserByEmail(ctx, r, value)
	}
	return s.dir.UserByExternalID(ctx, r, issuer.URL, value)
}

// attributePaths are the attributes that tell who a token is about: each belongs to one user only.
var attributePaths = map[string]bool{"username": true, "emails.value": true, "externalids.id": true}

// issuer reads a trusted token issuer by its ARN.
func (v *view) issuer(arn *string) (*issuerRecord, error) {
	id := lastPart(*arn)
	if *arn != v.inst.issuerARN(id) {
		return nil, notFound("TrustedTokenIssuer", id)
	}
	rec, err := find[issuerRecord](v.ctx, v.r, issuerKey(id))
	if err == nil && rec == nil {
		err = notFound("TrustedTokenIssuer", id)
	}
	return rec, err
}

// oidcConfiguration is an issuer as the API has it, in a union of one.
type oidcConfiguration struct {
	IssuerUrl, ClaimAttributePath, IdentityStoreAttributePath *string
	JwksRetrievalOption                                       types.JwksRetrievalOption
}

type issuerConfiguration struct{ OidcJwtConfiguration *oidcConfiguration }

type createTrustedTokenIssuerInput struct {
	InstanceArn, Name, ClientToken  *string
	TrustedTokenIssuerType          types.TrustedTokenIssuerType
	TrustedTokenIssuerConfiguration *issuerConfiguration
	Tags                            []types.Tag
}

func checkAttribute(path *string) error {
	if path != nil && !attributePaths[strings.ToLower(*path)] {
		return awsapi.Validation("The IdentityStoreAttributePath has to be userName, emails.value or externalIds.id.")
	}
	return nil
}

// createTrustedTokenIssuer decodes CreateTrustedTokenIssuer.
func (s *Store) createTrustedTokenIssuer(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[createTrustedTokenIssuerInput](req, "InstanceArn", "Name", "TrustedTokenIssuerType", "TrustedTokenIssuerConfiguration")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	conf := in.TrustedTokenIssuerConfiguration.OidcJwtConfiguration
	if conf == nil {
		return nil, awsapi.Validation("The TrustedTokenIssuerConfiguration has to be an OidcJwtConfiguration.")
	}
	if err := checkAttribute(conf.IdentityStoreAttributePath); err != nil {
		return nil, err
	}
	asked := sha256.Sum256(req.Body)
	made := issuerRecord{Name: *in.Name, URL: *conf.IssuerUrl, Claim: *conf.ClaimAttributePath, Attribute: *conf.IdentityStoreAttributePath, Tags: tags,
		Token: aws.ToString(in.ClientToken), Asked: hex.EncodeToString(asked[:])}
	return &call{s: s, req: req, name: "CreateTrustedTokenIssuer", instance: *in.InstanceArn, on: []string{*in.InstanceArn}, tags: tags, change: func(e *edit) (any, error) {
		rec := made
		rec.ID = "tti-" + uuid.NewString()
		n, again := 0, ""
		err := each(e.ctx, e.r, func(_ []string, old *issuerRecord) (bool, error) {
			n++
			switch {
			case rec.Token != "" && old.Token == rec.Token && old.Asked == rec.Asked:
				again = old.ID
			case rec.Token != "" && old.Token == rec.Token:
				return false, conflict("The ClientToken was used for another request.")
			case old.URL == rec.URL:
				return false, conflict("A TrustedTokenIssuer with the IssuerUrl " + rec.URL + " already exists.")
			}
			return true, nil
		}, "issuer")
		switch {
		case err != nil:
			return nil, err
		case again != "":
			return &ssoadmin.CreateTrustedTokenIssuerOutput{TrustedTokenIssuerArn: aws.String(e.inst.issuerARN(again))}, nil
		case n >= maxIssuers:
			return nil, overQuota("An instance has at most 10 trusted token issuers.")
		}
		return &ssoadmin.CreateTrustedTokenIssuerOutput{TrustedTokenIssuerArn: aws.String(e.inst.issuerARN(rec.ID))}, put(e.tx, issuerKey(rec.ID), rec)
	}}, nil
}

// describeTrustedTokenIssuer decodes DescribeTrustedTokenIssuer.
func (s *Store) describeTrustedTokenIssuer(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DescribeTrustedTokenIssuerInput](req, "TrustedTokenIssuerArn")
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "DescribeTrustedTokenIssuer", on: []string{*in.TrustedTokenIssuerArn}, read: func(v *view) (any, error) {
		rec, err := v.issuer(in.TrustedTokenIssuerArn)
		if err != nil {
			return nil, err
		}
		return struct {
			TrustedTokenIssuerArn, Name     *string
			TrustedTokenIssuerType          types.TrustedTokenIssuerType
			TrustedTokenIssuerConfiguration issuerConfiguration
		}{in.TrustedTokenIssuerArn, &rec.Name, types.TrustedTokenIssuerTypeOidcJwt, issuerConfiguration{&oidcConfiguration{
			IssuerUrl: &rec.URL, ClaimAttributePath: &rec.Claim, IdentityStoreAttributePath: &rec.Attribute,
			JwksRetrievalOption: types.JwksRetrievalOptionOpenIdDiscovery}}}, nil
	}}, nil
}

// updatedConfiguration is issuerConfiguration of an update: all of it may be left out, and the URL stays.
type updatedConfiguration struct {
	OidcJwtConfiguration *types.OidcJwtUpdateConfiguration
}

type updateTrustedTokenIssuerInput struct {
	TrustedTokenIssuerArn, Name     *string
	TrustedTokenIssuerConfiguration *updatedConfiguration
}

// updateTrustedTokenIssuer decodes UpdateTrustedTokenIssuer.
func (s *Store) updateTrustedTokenIssuer(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[updateTrustedTokenIssuerInput](req, "TrustedTokenIssuerArn")
	if err != nil {
		return nil, err
	}
	conf := &types.OidcJwtUpdateConfiguration{}
	if c := in.TrustedTokenIssuerConfiguration; c != nil && c.OidcJwtConfiguration != nil {
		conf = c.OidcJwtConfiguration
	}
	if err := checkAttribute(conf.IdentityStoreAttributePath); err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "UpdateTrustedTokenIssuer", on: []string{*in.TrustedTokenIssuerArn}, change: func(e *edit) (any, error) {
		rec, err := e.issuer(in.TrustedTokenIssuerArn)
		if err != nil {
			return nil, err
		}
		for to, given := range map[*string]*string{&rec.Name: in.Name, &rec.Claim: conf.ClaimAttributePath, &rec.Attribute: conf.IdentityStoreAttributePath} {
			if given != nil {
				*to = *given
			}
		}
		return &ssoadmin.UpdateTrustedTokenIssuerOutput{}, put(e.tx, issuerKey(rec.ID), rec)
	}}, nil
}

// deleteTrustedTokenIssuer decodes DeleteTrustedTokenIssuer. Applications that name it take no tokens of it any more.
func (s *Store) deleteTrustedTokenIssuer(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.DeleteTrustedTokenIssuerInput](req, "TrustedTokenIssuerArn")
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, name: "DeleteTrustedTokenIssuer", on: []string{*in.TrustedTokenIssuerArn}, change: func(e *edit) (any, error) {
		rec, err := e.issuer(in.TrustedTokenIssuerArn)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.DeleteTrustedTokenIssuerOutput{}, e.tx.Delete(issuerKey(rec.ID))
	}}, nil
}

// listTrustedTokenIssuers decodes ListTrustedTokenIssuers.
func (s *Store) listTrustedTokenIssuers(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[ssoadmin.ListTrustedTokenIssuersInput](req, "InstanceArn")
	if err != nil {
		return nil, err
	}
	return s.reads(req, "ListTrustedTokenIssuers", in.InstanceArn, nil, func(v *view) (any, error) {
		var list []types.TrustedTokenIssuerMetadata
		err := each(v.ctx, v.r, func(_ []string, rec *issuerRecord) (bool, error) {
			list = append(list, types.TrustedTokenIssuerMetadata{TrustedTokenIssuerArn: aws.String(v.inst.issuerARN(rec.ID)), Name: aws.String(rec.Name),
				TrustedTokenIssuerType: types.TrustedTokenIssuerTypeOidcJwt})
			return true, nil
		}, "issuer")
		if err != nil {
			return nil, err
		}
		p, err := pageOf(list, func(i types.TrustedTokenIssuerMetadata) string { return *i.TrustedTokenIssuerArn }, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &ssoadmin.ListTrustedTokenIssuersOutput{TrustedTokenIssuers: p.items, NextToken: p.next}, nil
	})
}
