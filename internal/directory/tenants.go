package directory

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/kv"
)

// Tenant is the way in for a directory elsewhere that provisions its people here by SCIM. There is one at the most.
type Tenant struct {
	ID        string
	Created   time.Time
	CreatedBy string `json:",omitempty"`
}

// BearerToken is what proves a directory elsewhere to be the tenant. Only its hash is kept.
type BearerToken struct {
	ID               string
	Hash             string
	Created, Expires time.Time
	CreatedBy        string `json:",omitempty"`
}

func tenantKey(id string) []byte              { return key("tenant", id) }
func bearerKey(tenant, tokenID string) []byte { return key("bearer", tenant, tokenID) }

// A tenant has two tokens at the most, so that one can take over from the other, each for a year ("Automatic provisioning" and
// "Rotate an access token", IAM Identity Center User Guide).
const (
	maxBearerTokens = 2
	bearerLifetime  = 365 * 24 * time.Hour
)

// The types of resources of provisioning in errors.
const (
	tenantType = "TENANT"
	bearerType = "BEARER_TOKEN"
)

// Issuer is who gave the external ids of users and groups that a tenant provisions.
func (t *Tenant) Issuer() string { return "https://scim.aws.com/" + t.ID }

// Tenants returns the tenants, of which there is one at the most.
func (s *Store) Tenants(ctx context.Context, r kv.Reader) (all []Tenant, err error) {
	err = each(ctx, r, "", func(_ string, value []byte) (bool, error) {
		var t Tenant
		if err := json.Unmarshal(value, &t); err != nil {
			return false, err
		}
		all = append(all, t)
		return true, nil
	}, "tenant")
	return all, err
}

// CreateTenant makes the tenant. The error is a ConflictException if there is one.
func (s *Store) CreateTenant(ctx context.Context, tx kv.Txn, by string) (*Tenant, error) {
	if err := tx.Lock(ctx, countKey("tenants")); err != nil {
		return nil, err
	}
	all, err := s.Tenants(ctx, tx)
	if err != nil {
		return nil, err
	}
	if len(all) > 0 {
		return nil, duplicate("Automatic provisioning is on already.")
	}
	t := &Tenant{ID: uuid.NewString(), Created: s.now(), CreatedBy: by}
	if err := put(tx, countKey("tenants"), t.ID); err != nil {
		return nil, err
	}
	return t, put(tx, tenantKey(t.ID), t)
}

// tenant reads a tenant; the error says that it is not there.
func (s *Store) tenant(ctx context.Context, r kv.Reader, id string) (*Tenant, error) {
	t, err := find[Tenant](ctx, r, tenantKey(id))
	if err == nil && t == nil {
		err = notFound(tenantType, id)
	}
	return t, err
}

// DeleteTenant deletes a tenant with its tokens. Whom it has provisioned stays.
func (s *Store) DeleteTenant(ctx context.Context, tx kv.Txn, id string) error {
	if err := tx.Lock(ctx, tenantKey(id), countKey("tenants")); err != nil {
		return err
	}
	if _, err := s.tenant(ctx, tx, id); err != nil {
		return err
	}
	tokens, err := lasts(ctx, tx, "bearer", id)
	if err != nil {
		return err
	}
	for _, token := range tokens {
		if err := tx.Delete(bearerKey(id, token)); err != nil {
			return err
		}
	}
	return tx.Delete(tenantKey(id))
}

// BearerTokens returns the tokens of a tenant.
func (s *Store) BearerTokens(ctx context.Context, r kv.Reader, tenant string) (all []BearerToken, err error) {
	if _, err := s.tenant(ctx, r, tenant); err != nil {
		return nil, err
	}
	err = each(ctx, r, "", func(_ string, value []byte) (bool, error) {
		var t BearerToken
		if err := json.Unmarshal(value, &t); err != nil {
			return false, err
		}
		all = append(all, t)
		return true, nil
	}, "bearer", tenant)
	return all, err
}

// CreateBearerToken makes a token of a tenant. Nobody can see it later. The error is ServiceQuotaExceededException if there are two.
func (s *Store) CreateBearerToken(ctx context.Context, tx kv.Txn, tenant, by string) (token string, b *BearerToken, err error) {
	if err := tx.Lock(ctx, tenantKey(tenant)); err != nil {
		return "", nil, err
	}
	all, err := s.BearerTokens(ctx, tx, tenant)
	if err != nil {
		return "", nil, err
	}
	if len(all) >= maxBearerTokens {
		return "", nil, quotaExceeded("There can be two access tokens. Delete one first.")
	}
	token = newToken()
	now := s.now()
	b = &BearerToken{ID: uuid.NewString(), Hash: digest(token), Created: now, Expires: now.Add(bearerLifetime), CreatedBy: by}
	return token, b, put(tx, bearerKey(tenant, b.ID), b)
}

// DeleteBearerToken deletes a token of a tenant, expired or not.
func (s *Store) DeleteBearerToken(ctx context.Context, tx kv.Txn, tenant, id string) error {
	if err := tx.Lock(ctx, tenantKey(tenant), bearerKey(tenant, id)); err != nil {
		return err
	}
	if _, err := s.tenant(ctx, tx, tenant); err != nil {
		return err
	}
	b, err := find[BearerToken](ctx, tx, bearerKey(tenant, id))
	if err == nil && b == nil {
		err = notFound(bearerType, id)
	}
	if err != nil {
		return err
	}
	return tx.Delete(bearerKey(tenant, id))
}

// TenantOf returns the tenant that a token proves somebody to be; nil if it proves nothing, or not any more.
func (s *Store) TenantOf(ctx context.Context, r kv.Reader, tenant, token string) (*Tenant, error) {
	t, err := find[Tenant](ctx, r, tenantKey(tenant))
	if err != nil || t == nil {
		return nil, err
	}
	all, err := s.BearerTokens(ctx, r, tenant)
	if err != nil {
		return nil, err
	}
	hash := []byte(digest(token))
	for _, b := range all {
		if subtle.ConstantTimeCompare(hash, []byte(b.Hash)) == 1 && s.opts.Now().Before(b.Expires) {
			return t, nil
		}
	}
	return nil, nil
}
