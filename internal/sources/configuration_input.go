package sources

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/federation"
)

// input is a configuration as it is given, and shown without what is secret. What an update leaves out of a structure is set to its
// default; secrets stay.
type input struct {
	Name                      string
	CreateUsers, CreateGroups bool
	MatchBy                   string
	AttributeMappings         map[string]string
	GroupAttribute            string
	GroupMappings             map[string]string
	// PublicUrl is how browsers reach the server, if its own settings do not say.
	PublicUrl string
	Saml      *samlInput
	Oidc      *oidcInput
	Ldap      *ldapInput
}

type samlInput struct {
	// Of these one is given. The document at the URL is fetched, and again every day.
	Metadata, MetadataUrl string
	AllowIdPInitiated     bool
	EntityId              string
}

type oidcInput struct {
	Issuer, ClientId, ClientSecret string
	Scopes                         []string
	CertificateAuthority           string
}

type ldapInput struct {
	Urls                   []string
	StartTls               *bool
	CertificateAuthority   string
	Kind                   string // ActiveDirectory or LDAP
	BindDn, BindPassword   string
	UserBase, UserFilter   string
	GroupBase, GroupFilter string
	MemberAttribute        string
	UniqueIdAttribute      string
	NestedGroups           *bool
	SyncIntervalInMinutes  int32
	LastSync               *syncResult
}

// The bounds of what is given.
const (
	maxName     = 128
	maxText     = 4096
	maxMappings = 500
	maxURLs     = 10
	maxMetadata = 1 << 20
	maxScopes   = 50
)

// apply puts an input into a configuration of a kind.
func (s *Service) apply(in *input, c *configuration) error {
	switch {
	case in.Name == "" || len(in.Name) > maxName:
		return awsapi.Validation("Name is required, and of 128 bytes at most.")
	case in.MatchBy != "" && in.MatchBy != matchName && in.MatchBy != matchEmail:
		return awsapi.Validation("MatchBy is UserName or Email.")
	case len(in.AttributeMappings) > maxMappings || len(in.GroupMappings) > maxMappings:
		return awsapi.Validation("There can be 500 mappings at most.")
	case len(in.GroupAttribute) > maxText:
		return awsapi.Validation("GroupAttribute is too long.")
	}
	for name, there := range in.AttributeMappings {
		if !isAttribute(name) || there == "" || len(there) > maxText {
			return awsapi.Validation("AttributeMappings are names of the source by attributes of the directory, which has no " + name + ".")
		}
	}
	for there, name := range in.GroupMappings {
		if there == "" || name == "" || len(there) > maxText || len(name) > maxText {
			return awsapi.Validation("GroupMappings are names of groups here by names of groups there.")
		}
	}
	if in.PublicUrl != "" {
		u, err := url.Parse(in.PublicUrl)
		if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.Scheme != "https" && u.Scheme != "http" {
			return awsapi.Validation("PublicUrl is the scheme and host of this server, such as https://db.example.com.")
		}
	}
	c.Name, c.CreateUsers, c.CreateGroups, c.MatchBy = in.Name, in.CreateUsers, in.CreateGroups, in.MatchBy
	c.Attributes, c.Groups, c.GroupAttribute = in.AttributeMappings, in.GroupMappings, in.GroupAttribute
	c.Origin = strings.TrimSuffix(in.PublicUrl, "/")
	given := 0
	for _, there := range []bool{in.Saml != nil, in.Oidc != nil, in.Ldap != nil} {
		if there {
			given++
		}
	}
	if c.Type != LDAP && s.origin(c) == "" {
		return awsapi.Validation("The server does not know how browsers reach it: give PublicUrl, or start it with --public-url.")
	}
	switch {
	case given != 1:
	case c.Type == SAML && in.Saml != nil:
		return s.applySAML(in.Saml, c)
	case c.Type == OIDC && in.Oidc != nil:
		return s.applyOIDC(in.Oidc, c)
	case c.Type == LDAP && in.Ldap != nil:
		return s.applyLDAP(in.Ldap, c)
	}
	return awsapi.Validation("Type is SAML, OIDC or LDAP, and the structure of that name is given, and no other.")
}

// applySAML takes a document. That of a URL has been fetched into Metadata.
func (s *Service) applySAML(in *samlInput, c *configuration) error {
	old := c.SAML
	if old == nil {
		old = &samlSettings{}
	}
	if in.Metadata == "" && (in.MetadataUrl == "" || in.MetadataUrl == old.URL) {
		in.Metadata = old.Metadata
	}
	c.SAML = &samlSettings{Metadata: in.Metadata, URL: in.MetadataUrl, ProviderInitiated: in.AllowIdPInitiated, Certificates: old.Certificates,
		Refreshed: s.Now().UTC()}
	m, err := federation.ParseMetadata([]byte(in.Metadata))
	if err != nil || len(in.Metadata) > maxMetadata {
		return awsapi.Validation("The metadata can't be read: an EntityDescriptor is wanted, with an IDPSSODescriptor and a certificate for signing.")
	}
	if federation.EndpointOf(m.SignOnAt, federation.BindingRedirect, federation.BindingPOST) == nil {
		return awsapi.Validation("The metadata have no SingleSignOnService with the binding HTTP-Redirect or HTTP-POST.")
	}
	return nil
}

// sameProvider says whether a document is a newer one of the same provider.
func sameProvider(c *configuration, doc string) error {
	old, err := federation.ParseMetadata([]byte(c.SAML.Metadata))
	if err != nil {
		return err
	}
	m, err := federation.ParseMetadata([]byte(doc))
	if err == nil && (m.EntityID != old.EntityID || federation.EndpointOf(m.SignOnAt, federation.BindingRedirect, federation.BindingPOST) == nil) {
		err = awsapi.Validation("it is another provider's, or has no SingleSignOnService")
	}
	return err
}

// isProvider says whether a configuration is of the same provider as before: by what a SAML or OpenID Connect provider is called, and by
// the servers of a directory, of which one stays while others come and go.
func (c *configuration) isProvider(before *configuration) bool {
	switch c.Type {
	case SAML:
		return sameProvider(before, c.SAML.Metadata) == nil
	case OIDC:
		return c.OIDC.Issuer == before.OIDC.Issuer
	}
	return slices.ContainsFunc(c.LDAP.URLs, func(u string) bool { return slices.Contains(before.LDAP.URLs, u) })
}

func (s *Service) applyOIDC(in *oidcInput, c *configuration) error {
	if err := s.checkAddress(in.Issuer); err != nil || strings.Contains(in.Issuer, "?") {
		return awsapi.Validation("Issuer is the provider's https URL, as its discovery document has it.")
	}
	if in.ClientId == "" || len(in.ClientId) > maxText || len(in.ClientSecret) > maxText || len(in.Scopes) > maxScopes {
		return awsapi.Validation("ClientId is required; it and ClientSecret are of 4096 bytes at most, and there are 50 scopes at most.")
	}
	if err := checkCA(in.CertificateAuthority); err != nil {
		return err
	}
	var secret []byte
	switch old := c.OIDC; {
	case in.ClientSecret != "":
		secret = s.Seal([]byte(in.ClientSecret), secretName(c.ID))
	case old == nil || old.ClientID != in.ClientId || len(old.Secret) == 0: // another client, or a public one
	case old.Issuer != in.Issuer || old.CA != in.CertificateAuthority: // whoever is there must not get to know it
		return awsapi.Validation("ClientSecret has to be given again when Issuer or CertificateAuthority change.")
	default:
		secret = old.Secret
	}
	if in.Scopes == nil {
		in.Scopes = []string{"profile", "email"}
	}
	scopes := slices.DeleteFunc(in.Scopes, func(s string) bool { return s == "openid" })
	c.OIDC = &oidcSettings{Issuer: in.Issuer, ClientID: in.ClientId, Secret: secret, Scopes: scopes, CA: in.CertificateAuthority}
	return nil
}

func checkCA(ca string) error {
	if ca == "" {
		return nil
	}
	if _, err := authorities(ca); err != nil || len(ca) > maxMetadata {
		return awsapi.Validation("CertificateAuthority is certificates in PEM.")
	}
	return nil
}

func (s *Service) applyLDAP(in *ldapInput, c *configuration) error {
	startTLS := in.StartTls == nil || *in.StartTls
	if len(in.Urls) == 0 || len(in.Urls) > maxURLs {
		return awsapi.Validation("Urls are one to ten LDAP servers.")
	}
	for _, address := range in.Urls {
		u, err := url.Parse(address)
		if err == nil {
			err = s.checkLDAP(u, startTLS)
		}
		if err != nil {
			return awsapi.Validation("Urls: " + err.Error())
		}
	}
	if in.Kind != "" && in.Kind != "ActiveDirectory" && in.Kind != LDAP {
		return awsapi.Validation("Kind is ActiveDirectory or LDAP.")
	}
	if in.SyncIntervalInMinutes != 0 && (in.SyncIntervalInMinutes < minSync || in.SyncIntervalInMinutes > 24*60) {
		return awsapi.Validation("SyncIntervalInMinutes is from 1 to 1440.")
	}
	l := &ldapSettings{URLs: in.Urls, StartTLS: startTLS, CA: in.CertificateAuthority, ActiveDirectory: in.Kind == "ActiveDirectory", BindDN: in.BindDn,
		UserBase: in.UserBase, UserFilter: in.UserFilter, GroupBase: in.GroupBase, GroupFilter: in.GroupFilter, MemberAttribute: in.MemberAttribute,
		IDAttribute: in.UniqueIdAttribute, Nested: in.NestedGroups == nil || *in.NestedGroups, SyncMinutes: in.SyncIntervalInMinutes}
	old := c.LDAP
	c.LDAP = l
	ldapComplete(c)
	for name, dn := range map[string]string{"BindDn": l.BindDN, "UserBase": l.UserBase, "GroupBase": l.GroupBase} {
		if _, err := ldap.ParseDN(dn); len(dn) > maxText || err != nil && !(name == "BindDn" && l.ActiveDirectory) || name == "UserBase" && dn == "" {
			return awsapi.Validation(name + " is a distinguished name.")
		}
	}
	for name, filter := range map[string]string{"UserFilter": l.UserFilter, "GroupFilter": l.GroupFilter} {
		if _, err := ldap.CompileFilter(filter); err != nil || len(filter) > maxText {
			return awsapi.Validation(name + " is an LDAP filter, such as (objectClass=person).")
		}
	}
	for _, name := range append(slices.Collect(maps.Values(c.Attributes)), l.MemberAttribute, l.IDAttribute) {
		if !isLDAPName(name) {
			return awsapi.Validation("An attribute of LDAP is of letters, digits and hyphens.")
		}
	}
	if err := checkCA(in.CertificateAuthority); err != nil {
		return err
	}
	// A password stays for the same user at the same servers: it is shown to nobody else.
	if old != nil && old.BindDN == l.BindDN && slices.Equal(old.URLs, l.URLs) && old.CA == l.CA && old.StartTLS == l.StartTLS {
		l.Password = old.Password
	}
	if in.BindPassword != "" {
		l.Password = s.Seal([]byte(in.BindPassword), secretName(c.ID))
	}
	if l.BindDN != "" && l.Password == nil {
		return awsapi.Validation("BindPassword is required for BindDn: it has to be given again when the user or the servers change.")
	}
	return nil
}

// isLDAPName says whether a text is the name of an attribute, and so nothing else in a filter.
func isLDAPName(name string) bool {
	return name != "" && len(name) < 256 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.;") == ""
}
