package rolesanywhere

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// maxAnchors is how many trust anchors a region of an account has at the most.
const maxAnchors = 50

// anchorRecord is a trust anchor.
type anchorRecord struct {
	resource
	// Bundle is the certificates in PEM, as they were given.
	Bundle        string
	Enabled       bool
	Notifications []notification `json:",omitempty"` // those that were changed
}

// source is where the certificates of a trust anchor come from.
type source struct {
	Type *string     `json:"sourceType,omitempty"`
	Data *sourceData `json:"sourceData,omitempty"`
}

type sourceData struct {
	Certificates *string `json:"x509CertificateData,omitempty"`
	AuthorityARN *string `json:"acmPcaArn,omitempty"`
}

const bundleType = "CERTIFICATE_BUNDLE"

// anchorDetail is a trust anchor as answers have it.
type anchorDetail struct {
	ID            string         `json:"trustAnchorId"`
	ARN           string         `json:"trustAnchorArn"`
	Name          string         `json:"name"`
	Source        source         `json:"source"`
	Enabled       bool           `json:"enabled"`
	Created       time.Time      `json:"createdAt"`
	Updated       time.Time      `json:"updatedAt"`
	Notifications []notification `json:"notificationSettings"`
}

func (r *anchorRecord) detail(p place, id string) anchorDetail {
	typ := bundleType
	return anchorDetail{id, p.arn(anchors, id), r.Name, source{&typ, &sourceData{Certificates: &r.Bundle}}, r.Enabled, r.Created, r.Updated,
		settings(p, r.Notifications)}
}

var oneAnchor = one[anchorRecord]{on: anchors, member: "trustAnchorId", show: func(p place, id string, rec *anchorRecord) any {
	return map[string]any{"trustAnchor": rec.detail(p, id)}
}, enabled: func(rec *anchorRecord) *bool { return &rec.Enabled }}

// namePattern is a ResourceName of the model.
var namePattern = awsapi.Regexp(`[ a-zA-Z0-9-_]*`)

func checkName(bad *awsapi.Violations, name *string) {
	bad.Length("name", name, 1, 255)
	bad.Pattern("name", name, namePattern)
}

// check reads the violations of a source's model.
func (s *source) check(bad *awsapi.Violations) {
	bad.Enum("source.sourceType", s.Type, []string{"AWS_ACM_PCA", bundleType, "SELF_SIGNED_REPOSITORY"})
	if s.Data != nil {
		bad.Length("source.sourceData.x509CertificateData", s.Data.Certificates, 1, 16_000)
	}
}

// bundle is the certificates of a source that is one of certificates.
func (s *source) bundle() (string, error) {
	switch {
	case s.Type == nil:
		return "", validation("The source has no sourceType.")
	case *s.Type == "AWS_ACM_PCA":
		return "", validation("The source type AWS_ACM_PCA is not supported: there is no AWS Private Certificate Authority here. Give the authority's certificate in PEM, as a CERTIFICATE_BUNDLE.")
	case *s.Type != bundleType:
		return "", validation("The source type " + *s.Type + " is not supported: give the authority's certificate in PEM, as a CERTIFICATE_BUNDLE.")
	case s.Data == nil || s.Data.Certificates == nil:
		return "", validation("A source of the type CERTIFICATE_BUNDLE needs x509CertificateData.")
	}
	_, err := authorities(*s.Data.Certificates)
	return *s.Data.Certificates, err
}

// createTrustAnchor decodes CreateTrustAnchor.
func (s *Service) createTrustAnchor(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		Name          *string        `json:"name"`
		Source        *source        `json:"source"`
		Enabled       bool           `json:"enabled"`
		Tags          []tag          `json:"tags"`
		Notifications []notification `json:"notificationSettings"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	bad.Required("name", in.Name != nil)
	checkName(&bad, in.Name)
	bad.Required("source", in.Source != nil)
	if in.Source != nil {
		in.Source.check(&bad)
	}
	checkTags(&bad, in.Tags)
	checkNotifications(&bad, in.Notifications)
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return nil, err
	}
	if err := oneOfEach(in.Tags); err != nil {
		return nil, err
	}
	bundle, err := in.Source.bundle()
	if err != nil {
		return nil, err
	}
	id := uuid.NewString()
	return &call{s: s, req: req, action: "CreateTrustAnchor", asks: tagsAsked(in.Tags), change: func(ctx context.Context, tx kv.Txn, p place, now time.Time) (any, error) {
		if n, err := count(ctx, tx, p, anchors); err != nil || n >= maxAnchors {
			return nil, or(err, tooMany(n, "trust anchors"))
		}
		rec := &anchorRecord{resource{*in.Name, in.Tags, now, now}, bundle, in.Enabled, configured(nil, in.Notifications)}
		return oneAnchor.show(p, id, rec), put(tx, p, anchors, id, rec)
	}}, nil
}

// or is the first of two errors that is one.
func or(err error, otherwise *awsapi.Error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// getTrustAnchor decodes GetTrustAnchor.
func (s *Service) getTrustAnchor(req *awsapi.Request) (awsapi.Call, error) {
	return oneAnchor.get(s, req, "GetTrustAnchor")
}

// listTrustAnchors decodes ListTrustAnchors.
func (s *Service) listTrustAnchors(req *awsapi.Request) (awsapi.Call, error) {
	return list(s, req, "ListTrustAnchors", "trustAnchors", anchors, func(p place, id string, rec *anchorRecord) anchorDetail { return rec.detail(p, id) })
}

// updateTrustAnchor decodes UpdateTrustAnchor.
func (s *Service) updateTrustAnchor(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		Name   *string `json:"name"`
		Source *source `json:"source"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	checkName(&bad, in.Name)
	if in.Source != nil {
		in.Source.check(&bad)
	}
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return nil, err
	}
	bundle := ""
	if in.Source != nil {
		if bundle, err = in.Source.bundle(); err != nil {
			return nil, err
		}
	}
	return oneAnchor.editPath(s, req, "UpdateTrustAnchor", func(rec *anchorRecord) error {
		if in.Name != nil {
			rec.Name = *in.Name
		}
		if bundle != "" {
			rec.Bundle = bundle
		}
		return nil
	})
}

// enableTrustAnchor decodes EnableTrustAnchor.
func (s *Service) enableTrustAnchor(req *awsapi.Request) (awsapi.Call, error) {
	return oneAnchor.enable(s, req, "EnableTrustAnchor", true)
}

// disableTrustAnchor decodes DisableTrustAnchor.
func (s *Service) disableTrustAnchor(req *awsapi.Request) (awsapi.Call, error) {
	return oneAnchor.enable(s, req, "DisableTrustAnchor", false)
}

// deleteTrustAnchor decodes DeleteTrustAnchor. Its revocation lists go with it: they are of no use to others.
func (s *Service) deleteTrustAnchor(req *awsapi.Request) (awsapi.Call, error) {
	return oneAnchor.remove(s, req, "DeleteTrustAnchor", func(ctx context.Context, tx kv.Txn, p place, id string) error {
		lists, err := listsOf(ctx, tx, p, p.arn(anchors, id))
		for crl := range lists {
			if err == nil {
				err = tx.Delete(p.key(crls, crl))
			}
		}
		return err
	})
}
