// Package rolesanywhere is the IAM Roles Anywhere API: certificates as the identities of machines. An account says which
// authorities it trusts (trust anchors), which roles their certificates may have (profiles) and which certificates count no more
// (revocation lists); CreateSession gives who signs with the key of a certificate the temporary credentials of a role.
//
// It imports identity, which issues the sessions and decides by the roles' trust policies, sigv4, which proves that the signer
// has the key, and keyspace, kv, awsapi and policy. No other package reads its records, whose keys begin with the part
// "anywhere".
//
// The main rule: nothing is kept in memory. Each CreateSession reads the trust anchor, the profile and the revocation lists in one
// snapshot, so that what is disabled, deleted or revoked on any server counts for the next request on all of them. Sessions that
// have begun go on until they end, as on AWS.
package rolesanywhere

import (
	"context"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
)

// Service holds what the operations need. It is safe for concurrent use.
type Service struct {
	db    kv.DB
	roles Roles
	now   func() time.Time
}

// Roles gives out sessions of roles. An *identity.Store does.
type Roles interface {
	OfferRole(ctx context.Context, ask identity.RoleRequest) (*identity.RoleOffer, error)
}

// New returns the service over the trust anchors, profiles and lists in db. Now is the clock; nil is time.Now.
func New(db kv.DB, roles Roles, now func() time.Time) *Service {
	if now == nil {
		now = time.Now
	}
	return &Service{db, roles, now}
}

// service is the name in ARNs, actions and credential scopes, and principal the one in trust policies.
const (
	service   = "rolesanywhere"
	principal = "rolesanywhere.amazonaws.com"
)

// created is the status of answers of operations that make something.
const created = 201

// Operations returns every operation of the API, in alphabetical order.
func (s *Service) Operations() []awsapi.Operation {
	op := func(name, path string, decode func(*awsapi.Request) (awsapi.Call, error)) awsapi.Operation {
		return awsapi.Operation{Service: service, Name: name, Path: path, Decode: decode}
	}
	creates := func(o awsapi.Operation) awsapi.Operation {
		o.Status = created
		return o
	}
	session := creates(op("CreateSession", "POST /sessions", s.createSession))
	session.Unsigned = true
	return []awsapi.Operation{
		creates(op("CreateProfile", "POST /profiles", s.createProfile)),
		session,
		creates(op("CreateTrustAnchor", "POST /trustanchors", s.createTrustAnchor)),
		op("DeleteAttributeMapping", "DELETE /profiles/{profileId}/mappings", s.deleteAttributeMapping),
		op("DeleteCrl", "DELETE /crl/{crlId}", s.deleteCrl),
		op("DeleteProfile", "DELETE /profile/{profileId}", s.deleteProfile),
		op("DeleteTrustAnchor", "DELETE /trustanchor/{trustAnchorId}", s.deleteTrustAnchor),
		op("DisableCrl", "POST /crl/{crlId}/disable", s.disableCrl),
		op("DisableProfile", "POST /profile/{profileId}/disable", s.disableProfile),
		op("DisableTrustAnchor", "POST /trustanchor/{trustAnchorId}/disable", s.disableTrustAnchor),
		op("EnableCrl", "POST /crl/{crlId}/enable", s.enableCrl),
		op("EnableProfile", "POST /profile/{profileId}/enable", s.enableProfile),
		op("EnableTrustAnchor", "POST /trustanchor/{trustAnchorId}/enable", s.enableTrustAnchor),
		op("GetCrl", "GET /crl/{crlId}", s.getCrl),
		op("GetProfile", "GET /profile/{profileId}", s.getProfile),
		op("GetSubject", "GET /subject/{subjectId}", s.getSubject),
		op("GetTrustAnchor", "GET /trustanchor/{trustAnchorId}", s.getTrustAnchor),
		creates(op("ImportCrl", "POST /crls", s.importCrl)),
		op("ListCrls", "GET /crls", s.listCrls),
		op("ListProfiles", "GET /profiles", s.listProfiles),
		op("ListSubjects", "GET /subjects", s.listSubjects),
		op("ListTagsForResource", "GET /ListTagsForResource", s.listTagsForResource),
		op("ListTrustAnchors", "GET /trustanchors", s.listTrustAnchors),
		op("PutAttributeMapping", "PUT /profiles/{profileId}/mappings", s.putAttributeMapping),
		op("PutNotificationSettings", "PATCH /put-notifications-settings", s.putNotificationSettings),
		op("ResetNotificationSettings", "PATCH /reset-notifications-settings", s.resetNotificationSettings),
		creates(op("TagResource", "POST /TagResource", s.tagResource)),
		op("UntagResource", "POST /UntagResource", s.untagResource),
		op("UpdateCrl", "PATCH /crl/{crlId}", s.updateCrl),
		op("UpdateProfile", "PATCH /profile/{profileId}", s.updateProfile),
		op("UpdateTrustAnchor", "PATCH /trustanchor/{trustAnchorId}", s.updateTrustAnchor),
	}
}
