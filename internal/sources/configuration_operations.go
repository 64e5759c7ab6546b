package sources

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/uuid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// maxConfigurations bounds the configurations: one is in use, others are being prepared.
const maxConfigurations = 20

// createConfiguration decodes CreateExternalIdPConfigurationForDirectory. A configuration is not in use before it is enabled.
func (s *Service) createConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	var in struct{ IdentityStoreId, Type string }
	var flat input
	if err := decodeInput(req, &in, &in.IdentityStoreId, &in.Type); err != nil {
		return nil, err
	}
	if err := awsapi.DecodeJSON(req.Body, &flat); err != nil {
		return nil, err
	}
	return s.operation(req, "CreateExternalIdPConfigurationForDirectory", in.IdentityStoreId, func(ctx context.Context) (any, error) {
		c := &configuration{ID: "idp-" + uuid.NewString(), Type: in.Type, Created: s.Now().UTC()}
		if err := s.fetchMetadata(ctx, &flat); err != nil {
			return nil, err
		}
		if err := s.apply(&flat, c); err != nil {
			return nil, err
		}
		err := s.db.Update(ctx, func(tx kv.Txn) error {
			if err := tx.Lock(ctx, key("configurations")); err != nil {
				return err
			}
			all, err := configurations(ctx, tx)
			if err != nil {
				return err
			}
			if len(all) >= maxConfigurations {
				return &awsapi.Error{Code: "ServiceQuotaExceededException", Status: 400, Message: "There can be 20 configurations at most."}
			}
			return s.save(tx, c)
		})
		return struct{ ConfigurationId string }{c.ID}, err
	}), nil
}

// fetchMetadata gets the document of a URL, if there is no other.
func (s *Service) fetchMetadata(ctx context.Context, in *input) error {
	if in.Saml == nil || in.Saml.MetadataUrl == "" {
		return nil
	}
	if in.Saml.Metadata != "" {
		return awsapi.Validation("Either Metadata or MetadataUrl is given.")
	}
	doc, err := s.fetch(ctx, in.Saml.MetadataUrl)
	if err != nil { // without what the server there has answered
		s.Logger.Warn("sources: metadata could not be fetched", "url", in.Saml.MetadataUrl, "error", err)
		return awsapi.Validation("There are no metadata to be had from MetadataUrl.")
	}
	in.Saml.Metadata = string(doc)
	return nil
}

// updateConfiguration decodes UpdateExternalIdPConfigurationForDirectory.
func (s *Service) updateConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	var of reference
	var in input
	if err := decodeInput(req, &of, &of.IdentityStoreId, &of.ConfigurationId); err != nil {
		return nil, err
	}
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	const name = "UpdateExternalIdPConfigurationForDirectory"
	return s.operation(req, name, of.IdentityStoreId, func(ctx context.Context) (any, error) {
		if err := s.fetchMetadata(ctx, &in); err != nil {
			return nil, err
		}
		update := s.change(req, name, of, func(_ context.Context, tx kv.Txn, c *configuration) error {
			again, before := in, *c // a transaction may run again
			if err := s.apply(&again, c); err != nil {
				return err
			}
			if !c.isProvider(&before) {
				c.Grant = token()[:grantLength]
				if c.SAML != nil { // they were the other one's
					c.SAML.Certificates = nil
				}
			}
			return s.save(tx, c)
		}).(*awsapi.Simple)
		return update.Do(ctx)
	}), nil
}

// referred decodes an input that is a reference, and changes what it refers to.
func (s *Service) referred(req *awsapi.Request, name string, fn func(ctx context.Context, tx kv.Txn, c *configuration) error) (awsapi.Call, error) {
	var of reference
	if err := decodeInput(req, &of, &of.IdentityStoreId, &of.ConfigurationId); err != nil {
		return nil, err
	}
	return s.change(req, name, of, fn), nil
}

// enableConfiguration decodes EnableExternalIdPConfigurationForDirectory: from then on people sign in there. It is tried first.
func (s *Service) enableConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	var of reference
	if err := decodeInput(req, &of, &of.IdentityStoreId, &of.ConfigurationId); err != nil {
		return nil, err
	}
	const name = "EnableExternalIdPConfigurationForDirectory"
	return s.operation(req, name, of.IdentityStoreId, func(ctx context.Context) (any, error) {
		var c *configuration
		err := s.db.View(ctx, func(r kv.Reader) (err error) {
			c, err = get[configuration](ctx, r, configurationKey(of.ConfigurationId))
			return err
		})
		if err == nil && c != nil {
			err = s.try(ctx, c)
		}
		if err != nil {
			return nil, err
		}
		enable := s.change(req, name, of, func(ctx context.Context, tx kv.Txn, c *configuration) error {
			other, err := enabled(ctx, tx)
			if err != nil {
				return err
			}
			if other != nil && other.ID != c.ID {
				return conflict("Another configuration is enabled. Disable it first.")
			}
			if !c.Enabled { // else people are signed in by what it vouches for
				c.Enabled, c.Grant = true, token()[:grantLength]
			}
			return s.save(tx, c)
		}).(*awsapi.Simple)
		return enable.Do(ctx)
	}), nil
}

// try says whether a source answers.
func (s *Service) try(ctx context.Context, c *configuration) error {
	ctx, cancel := context.WithTimeout(ctx, 2*providerTimeout)
	defer cancel()
	var err error
	switch c.Type {
	case OIDC:
		_, err = s.oidcClient(ctx, c)
	case LDAP:
		err = s.withLDAP(ctx, c, func(conn *ldap.Conn) error {
			_, err := conn.Search(ldap.NewSearchRequest(c.LDAP.UserBase, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 1, int(ldapTimeout.Seconds()), false,
				c.LDAP.UserFilter, []string{"1.1"}, nil))
			if ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) { // there are some
				err = nil
			}
			return err
		})
	}
	if err != nil {
		s.Logger.Warn("sources: a configuration can't be enabled", "configuration", c.ID, "error", err)
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errUnreachable) {
			return awsapi.Validation("The source does not answer: the reason is in the server's log.")
		}
		return awsapi.Validation("The source refuses what is asked of it: the reason is in the server's log.")
	}
	return nil
}

// disableConfiguration decodes DisableExternalIdPConfigurationForDirectory: people sign in with the passwords of the directory again, and
// the sessions that began with the source end.
func (s *Service) disableConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	return s.referred(req, "DisableExternalIdPConfigurationForDirectory", func(_ context.Context, tx kv.Txn, c *configuration) error {
		c.Enabled = false
		return s.save(tx, c)
	})
}

// deleteConfiguration decodes DeleteExternalIdPConfigurationForDirectory. The users stay.
func (s *Service) deleteConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	return s.referred(req, "DeleteExternalIdPConfigurationForDirectory", func(_ context.Context, tx kv.Txn, c *configuration) error {
		if c.Enabled {
			return conflict("The configuration is enabled. Disable it first.")
		}
		return tx.Delete(configurationKey(c.ID))
	})
}

// shown is a configuration without what is secret.
type shown struct {
	ConfigurationId, Type string
	Enabled               bool
	CreatedAt, UpdatedAt  time.Time
	Name                  string
	CreateUsers           bool
	CreateGroups          bool
	MatchBy               string
	AttributeMappings     map[string]string
	GroupAttribute        string
	GroupMappings         map[string]string
	PublicUrl             string
	Saml                  *samlInput
	Oidc                  *oidcInput
	Ldap                  *ldapInput
}

func (s *Service) show(c *configuration, whole bool) *shown {
	out := &shown{ConfigurationId: c.ID, Type: c.Type, Enabled: c.Enabled, CreatedAt: c.Created, UpdatedAt: c.Updated, Name: c.Name,
		CreateUsers: c.CreateUsers, CreateGroups: c.CreateGroups, MatchBy: cmp.Or(c.MatchBy, matchName), AttributeMappings: c.Attributes,
		GroupAttribute: c.GroupAttribute, GroupMappings: c.Groups, PublicUrl: c.Origin}
	switch c.Type {
	case SAML:
		out.Saml = &samlInput{MetadataUrl: c.SAML.URL, AllowIdPInitiated: c.SAML.ProviderInitiated}
		if m, err := s.docs.metadata(c); err == nil {
			out.Saml.EntityId = m.EntityID
		}
		if whole {
			out.Saml.Metadata = c.SAML.Metadata
		}
	case OIDC:
		out.Oidc = &oidcInput{Issuer: c.OIDC.Issuer, ClientId: c.OIDC.ClientID, Scopes: c.OIDC.Scopes, CertificateAuthority: c.OIDC.CA}
	case LDAP:
		l := c.LDAP
		kind := LDAP
		if l.ActiveDirectory {
			kind = "ActiveDirectory"
		}
		out.Ldap = &ldapInput{Urls: l.URLs, StartTls: &l.StartTLS, CertificateAuthority: l.CA, Kind: kind, BindDn: l.BindDN, UserBase: l.UserBase,
			UserFilter: l.UserFilter, GroupBase: l.GroupBase, GroupFilter: l.GroupFilter, MemberAttribute: l.MemberAttribute,
			UniqueIdAttribute: l.IDAttribute, NestedGroups: &l.Nested, SyncIntervalInMinutes: l.SyncMinutes, LastSync: c.Synced}
	}
	return out
}

// describeConfiguration decodes DescribeExternalIdPConfigurationForDirectory.
func (s *Service) describeConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	var of reference
	if err := decodeInput(req, &of, &of.IdentityStoreId, &of.ConfigurationId); err != nil {
		return nil, err
	}
	return s.operation(req, "DescribeExternalIdPConfigurationForDirectory", of.IdentityStoreId, func(ctx context.Context) (any, error) {
		var out struct{ Configuration *shown }
		err := s.db.View(ctx, func(r kv.Reader) error {
			c, err := get[configuration](ctx, r, configurationKey(of.ConfigurationId))
			if err != nil {
				return err
			}
			if c == nil {
				return notFound("There is no configuration of this id.")
			}
			out.Configuration = s.show(c, true)
			return nil
		})
		return out, err
	}), nil
}

// listConfigurations decodes ListExternalIdPConfigurationsForDirectory. There are so few that all are on one page.
func (s *Service) listConfigurations(req *awsapi.Request) (awsapi.Call, error) {
	var of reference
	if err := decodeInput(req, &of, &of.IdentityStoreId); err != nil {
		return nil, err
	}
	return s.operation(req, "ListExternalIdPConfigurationsForDirectory", of.IdentityStoreId, func(ctx context.Context) (any, error) {
		out := struct{ Configurations []*shown }{[]*shown{}}
		err := s.db.View(ctx, func(r kv.Reader) error {
			all, err := configurations(ctx, r)
			for _, c := range all {
				out.Configurations = append(out.Configurations, s.show(c, false))
			}
			return err
		})
		return out, err
	}), nil
}

// getSPConfiguration decodes GetAWSSPConfigurationForDirectory: what is to be entered at the provider.
func (s *Service) getSPConfiguration(req *awsapi.Request) (awsapi.Call, error) {
	var of reference
	if err := decodeInput(req, &of, &of.IdentityStoreId); err != nil {
		return nil, err
	}
	return s.operation(req, "GetAWSSPConfigurationForDirectory", of.IdentityStoreId, func(ctx context.Context) (any, error) {
		c, err := s.inUse(ctx)
		if err != nil {
			return nil, err
		}
		if of.ConfigurationId != "" {
			err = s.db.View(ctx, func(r kv.Reader) error {
				c, err = get[configuration](ctx, r, configurationKey(of.ConfigurationId))
				return err
			})
			if err == nil && c == nil {
				err = notFound("There is no configuration of this id.")
			}
			if err != nil {
				return nil, err
			}
		}
		origin := s.origin(c)
		if origin == "" {
			return nil, awsapi.Validation("The server does not know how browsers reach it: give the configuration a PublicUrl, or start the server with --public-url.")
		}
		k, err := s.signer(ctx)
		if err != nil {
			return nil, err
		}
		p := k.provider(origin)
		certificates, err := k.of.certificates()
		if err != nil {
			return nil, err
		}
		doc, err := k.ownMetadata(p)
		return struct {
			EntityId, AcsUrl, SloUrl, MetadataUrl, Metadata              string
			Certificates                                                 []ownCertificate
			OidcRedirectUrl, OidcBackchannelLogoutUrl, OidcPostLogoutUrl string
		}{p.EntityID, p.ACS, p.SLO, p.EntityID, string(doc), certificates, origin + callbackPath, origin + "/sources/oidc/backchannel", origin + portalPage}, err
	}), nil
}
