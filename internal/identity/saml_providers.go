package identity

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/federation"
)

const maxSAMLProviders = 100

// The lengths of a metadata document.
const (
	minMetadata = 1000
	maxMetadata = 10_000_000
)

// samlRecord is a SAML provider.
type samlRecord struct {
	entity
	// Metadata is the document that describes the provider, and Valid until when it does.
	Metadata string
	Valid    time.Time
	// Encryption says whether assertions may be, or have to be, encrypted; "" if nobody has said.
	Encryption types.AssertionEncryptionModeType `json:",omitempty"`
}

func (v *view) saml(arn *string) (*samlRecord, error) {
	return providerOf(v, samlKind, *arn, (*samlRecord).base)
}

// samlValidity is how long a document is valid that does not say itself.
const samlValidity = 100 * 365 * 24 * time.Hour

// set takes a metadata document.
func (p *samlRecord) set(document string, now time.Time) error {
	// The lower bound is not among the constraints: it is a part of what a document has to be, which comes after
	// whether the caller may bring one.
	var bad awsapi.Violations
	bad.Length("sAMLMetadataDocument", &document, minMetadata, maxMetadata)
	if err := bad.Err(awsapi.ValidationError); err != nil {
		return err
	}
	m, err := federation.ParseMetadata([]byte(document))
	if err != nil {
		return invalidInput("Could not parse metadata")
	}
	p.Metadata, p.Valid = document, now.Add(samlValidity)
	if !m.ValidUntil.IsZero() {
		p.Valid = whole(m.ValidUntil)
	}
	return nil
}

// createSAMLProvider decodes CreateSAMLProvider. Keys to decrypt assertions with can't be added yet.
func (s *Store) createSAMLProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateSAMLProviderInput](req, "SAMLMetadataDocument", "Name")
	if err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreateSAMLProvider", created(samlKind, nil, in.Name), func(e *edit) (any, error) {
		if in.AddPrivateKey != nil {
			return nil, invalidInput("Private keys of SAML providers are not supported.")
		}
		p := &samlRecord{entity: e.newEntity("SAML", nil, in.Name, tags), Encryption: in.AssertionEncryptionMode}
		if err := p.set(*in.SAMLMetadataDocument, e.now); err != nil {
			return nil, err
		}
		if err := create(e, samlKind, p, "SAMLProvidersPerAccount", maxSAMLProviders); err != nil {
			return nil, err
		}
		return &iam.CreateSAMLProviderOutput{SAMLProviderArn: aws.String(p.arn(e.account, samlKind)), Tags: showTags(tags)}, nil
	}, requestTags(in.Tags))
}

// getSAMLProvider decodes GetSAMLProvider.
func (s *Store) getSAMLProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetSAMLProviderInput](req, "SAMLProviderArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "GetSAMLProvider", provider(samlKind, in.SAMLProviderArn), func(v *view) (any, error) {
		p, err := v.saml(in.SAMLProviderArn)
		if err != nil {
			return nil, err
		}
		return &iam.GetSAMLProviderOutput{SAMLMetadataDocument: aws.String(p.Metadata), CreateDate: aws.Time(p.Created), ValidUntil: aws.Time(p.Valid),
			SAMLProviderUUID: aws.String(p.ID), AssertionEncryptionMode: p.Encryption, Tags: showTags(p.Tags)}, nil
	})
}

// listSAMLProviders decodes ListSAMLProviders.
func (s *Store) listSAMLProviders(req *awsapi.Request) (awsapi.Call, error) {
	return s.read(req, "ListSAMLProviders", anything, func(v *view) (any, error) {
		out := &iam.ListSAMLProvidersOutput{SAMLProviderList: []types.SAMLProviderListEntry{}}
		err := each(v, samlKind, "", func(p *samlRecord) (bool, error) {
			out.SAMLProviderList = append(out.SAMLProviderList, types.SAMLProviderListEntry{
				Arn: aws.String(p.arn(v.account, samlKind)), CreateDate: aws.Time(p.Created), ValidUntil: aws.Time(p.Valid)})
			return true, nil
		})
		return out, err
	})
}

// updateSAMLProvider decodes UpdateSAMLProvider.
func (s *Store) updateSAMLProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateSAMLProviderInput](req, "SAMLProviderArn")
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateSAMLProvider", provider(samlKind, in.SAMLProviderArn), func(e *edit) (any, error) {
		if in.AddPrivateKey != nil || in.RemovePrivateKey != nil {
			return nil, invalidInput("Private keys of SAML providers are not supported.")
		}
		p, err := e.saml(in.SAMLProviderArn)
		if err != nil {
			return nil, err
		}
		if in.SAMLMetadataDocument != nil {
			if err := p.set(*in.SAMLMetadataDocument, e.now); err != nil {
				return nil, err
			}
		}
		if in.AssertionEncryptionMode != "" {
			p.Encryption = in.AssertionEncryptionMode
		}
		return &iam.UpdateSAMLProviderOutput{SAMLProviderArn: in.SAMLProviderArn}, save(e, samlKind, p)
	})
}

// deleteSAMLProvider decodes DeleteSAMLProvider.
func (s *Store) deleteSAMLProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteSAMLProviderInput](req, "SAMLProviderArn")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteSAMLProvider", provider(samlKind, in.SAMLProviderArn), func(e *edit) (any, error) {
		p, err := e.saml(in.SAMLProviderArn)
		if err != nil {
			return nil, err
		}
		return nil, remove(e, samlKind, p.base())
	})
}

// tagSAMLProvider decodes TagSAMLProvider.
func (s *Store) tagSAMLProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.TagSAMLProviderInput](req, "SAMLProviderArn", "Tags")
	if err != nil {
		return nil, err
	}
	return tagEntity(s, req, "TagSAMLProvider", provider(samlKind, in.SAMLProviderArn), samlKind, func(v *view) (*samlRecord, error) { return v.saml(in.SAMLProviderArn) }, in.Tags)
}

// untagSAMLProvider decodes UntagSAMLProvider.
func (s *Store) untagSAMLProvider(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UntagSAMLProviderInput](req, "SAMLProviderArn", "TagKeys")
	if err != nil {
		return nil, err
	}
	return untagEntity(s, req, "UntagSAMLProvider", provider(samlKind, in.SAMLProviderArn), samlKind, func(v *view) (*samlRecord, error) { return v.saml(in.SAMLProviderArn) }, in.TagKeys)
}

// listSAMLProviderTags decodes ListSAMLProviderTags.
func (s *Store) listSAMLProviderTags(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListSAMLProviderTagsInput](req, "SAMLProviderArn")
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListSAMLProviderTags", provider(samlKind, in.SAMLProviderArn), func(v *view) (any, error) {
		rec, err := v.saml(in.SAMLProviderArn)
		if err != nil {
			return nil, err
		}
		p, err := pageOfTags(rec.base(), in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		return &iam.ListSAMLProviderTagsOutput{Tags: p.items, IsTruncated: p.more, Marker: p.marker()}, nil
	})
}
