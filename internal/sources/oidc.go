package sources

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// oidcAlgorithms are what tokens may be signed with: nothing with a shared secret, for which a public key could be taken, and not none.
var oidcAlgorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// oidcAttributes are the claims of OpenID Connect Core 1.0, section 5.1, and usual ones.
var oidcAttributes = map[string][]string{
	"UserName": {"preferred_username", "upn", "email"}, "Email": {"email"}, "GivenName": {"given_name"}, "FamilyName": {"family_name"},
	"DisplayName": {"name"}, "NickName": {"nickname"}, "Locale": {"locale"}, "Timezone": {"zoneinfo"}, "PhoneNumber": {"phone_number"},
	"Department": {"department"}, "CostCenter": {"cost_center", "costCenter"}, "EmployeeNumber": {"employee_number", "employeeNumber"},
	"Division": {"division"}, "Organization": {"organization"}, "Title": {"title"},
}

const callbackPath = "/sources/oidc/callback"

// oidcClient is this server as a client of a provider.
type oidcClient struct {
	oauth2.Config
	provider *oidc.Provider
	http     *http.Client
	// more is what discovery says besides.
	more struct {
		EndSession  string   `json:"end_session_endpoint"`
		UserInfo    string   `json:"userinfo_endpoint"`
		AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
		ResponseIss bool     `json:"authorization_response_iss_parameter_supported"`
	}
}

func (s *Service) oidcClient(ctx context.Context, c *configuration) (*oidcClient, error) {
	provider, client, err := s.discover(ctx, c)
	if err != nil {
		return nil, err
	}
	o := &oidcClient{provider: provider, http: client, Config: oauth2.Config{ClientID: c.OIDC.ClientID, Endpoint: provider.Endpoint(),
		RedirectURL: s.origin(c) + callbackPath, Scopes: slices.Concat([]string{oidc.ScopeOpenID}, c.OIDC.Scopes)}}
	if err := provider.Claims(&o.more); err != nil {
		return nil, err
	}
	for _, address := range []string{o.Endpoint.AuthURL, o.Endpoint.TokenURL} {
		if err := s.checkAddress(address); err != nil {
			return nil, fmt.Errorf("an endpoint of the provider: %w", err)
		}
	}
	if len(c.OIDC.Secret) > 0 {
		secret, err := s.Unseal(c.OIDC.Secret, secretName(c.ID))
		if err != nil {
			return nil, err
		}
		o.ClientSecret = string(secret)
	}
	// Which one it is has to be known: to find out, a code would be spent. The default is from Discovery 1.0, section 3.
	o.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	methods := o.more.AuthMethods
	if o.ClientSecret == "" || len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") {
		o.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return o, nil
}

func (o *oidcClient) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, o.http)
}

func (o *oidcClient) verifier(now func() time.Time, skipExpiry bool) *oidc.IDTokenVerifier {
	return o.provider.Verifier(&oidc.Config{ClientID: o.ClientID, SupportedSigningAlgs: oidcAlgorithms, Now: now, SkipExpiryCheck: skipExpiry})
}

func (s *Service) oidcLogin(x *call, c *configuration, t *trip) error {
	o, err := s.oidcClient(x.context(), c)
	if err != nil {
		return refused(err)
	}
	t.Configuration, t.Nonce, t.Verifier = c.ID, token(), oauth2.GenerateVerifier()
	state := token()
	if err := s.leave(x, state, t); err != nil {
		return err
	}
	return x.redirect(o.AuthCodeURL(state, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)))
}

// oidcCallback takes the code that a provider has sent a browser back with.
func (s *Service) oidcCallback(x *call) error {
	q := x.r.URL.Query()
	t, err := s.back(x, q.Get("state"))
	if err != nil {
		return err
	}
	c, err := s.inUse(x.context())
	if err != nil {
		return err
	}
	if c == nil || c.Type != OIDC || c.ID != t.Configuration {
		return refused(errChanged)
	}
	if code := q.Get("error"); code != "" {
		return refused(fmt.Errorf("the provider answers %.100q: %.300q", code, q.Get("error_description")))
	}
	o, err := s.oidcClient(x.context(), c)
	if err != nil {
		return refused(err)
	}
	// RFC 9207: a code of another provider must not be shown to this one, nor the other way round.
	if iss := q.Get("iss"); iss != c.OIDC.Issuer && (iss != "" || o.more.ResponseIss) {
		return refused(fmt.Errorf("the code is of the issuer %.200q", iss))
	}
	a, err := s.redeem(x.context(), c, o, t, q.Get("code"))
	if err != nil {
		return refused(err)
	}
	return s.enter(x, c, a, t.Return)
}

// idClaims are the claims of a verified ID token that are read besides those that the library reads.
type idClaims struct {
	AuthorizedParty string   `json:"azp"`
	SessionID       string   `json:"sid"`
	Methods         []string `json:"amr"`
	EmailVerified   flag     `json:"email_verified"`
}

// flag is a boolean, which some send as a text.
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(b []byte) error {
	*f = string(b) == "true" || string(b) == `"true"`
	return nil
}

// redeem turns a code into who it is.
func (s *Service) redeem(ctx context.Context, c *configuration, o *oidcClient, t *trip, code string) (*arrival, error) {
	tokens, err := o.Exchange(o.context(ctx), code, oauth2.VerifierOption(t.Verifier))
	if err != nil {
		if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok { // what else was answered may have a secret in it
			err = fmt.Errorf("the provider answers %.100q: %.300q", cmp.Or(e.ErrorCode, e.Response.Status), e.ErrorDescription)
		}
		return nil, err
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("the provider gave no ID token")
	}
	id, err := o.verifier(s.Now, false).Verify(o.context(ctx), raw)
	if err != nil {
		return nil, err
	}
	var more idClaims
	all := make(map[string]any)
	if err := errors.Join(id.Claims(&more), id.Claims(&all)); err != nil {
		return nil, err
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(t.Nonce)) != 1:
		return nil, errors.New("the ID token has another nonce")
	case more.AuthorizedParty != "" && more.AuthorizedParty != o.ClientID, len(id.Audience) > 1 && more.AuthorizedParty == "":
		return nil, errors.New("the ID token is for another client") // OpenID Connect Core 1.0, section 3.1.3.7
	case id.IssuedAt.After(s.Now().Add(time.Minute)):
		return nil, errors.New("the ID token is from the future")
	case id.Subject == "":
		return nil, errors.New("the ID token has no subject")
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(tokens.AccessToken); err != nil {
			return nil, err
		}
	}
	if err := s.addUserInfo(ctx, o, tokens, id.Subject, all); err != nil {
		return nil, err
	}
	verified, _ := all["email_verified"].(bool)
	a := &arrival{Configuration: c.ID, Person: person{Subject: externalID(id.Subject), VerifiedEmail: verified || bool(more.EmailVerified),
		Attributes: c.attributes(oidcAttributes, func(name string) []string { return texts(all[name]) })},
		Session: Session{Subject: id.Subject, Index: more.SessionID, IDToken: []byte(raw)}}
	for _, method := range more.Methods { // RFC 8176
		a.MFA = a.MFA || slices.Contains([]string{"mfa", "otp", "hwk", "swk", "sc"}, method)
	}
	p := &a.Person
	if subject := p.Attributes["Subject"]; subject != "" {
		p.Subject = externalID(subject)
	}
	delete(p.Attributes, "Subject")
	if groups, ok := all[cmp.Or(c.GroupAttribute, "groups")]; ok {
		p.Groups = named(texts(groups))
	} else if c.GroupAttribute != "" {
		p.Groups = []group{}
	}
	return a, nil
}

// addUserInfo adds the claims that the provider gives for the access token alone. Those of the ID token count more.
func (s *Service) addUserInfo(ctx context.Context, o *oidcClient, tokens *oauth2.Token, subject string, all map[string]any) error {
	if o.more.UserInfo == "" {
		return nil
	}
	if err := s.checkAddress(o.more.UserInfo); err != nil {
		return err
	}
	info, err := o.provider.UserInfo(o.context(ctx), oauth2.StaticTokenSource(tokens))
	if err != nil {
		return err
	}
	if info.Subject != subject { // Core 1.0, section 5.3.2
		return errors.New("the user info is of somebody else")
	}
	more := make(map[string]any)
	if err := info.Claims(&more); err != nil {
		return err
	}
	for name, value := range more {
		if _, ok := all[name]; !ok {
			all[name] = value
		}
	}
	return nil
}

// texts are the texts of a claim: one, or a list.
func texts(claim any) (all []string) {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case float64:
		return []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case bool:
		return []string{strconv.FormatBool(v)}
	case []any:
		for _, one := range v {
			if s, ok := one.(string); ok && len(all) < maxGroups {
				all = append(all, s)
			}
		}
	}
	return all
}

// oidcSignOutURL is where a browser goes to end the provider's session (OpenID Connect RP-Initiated Logout 1.0); "" if the provider has
// no such place.
func (s *Service) oidcSignOutURL(ctx context.Context, c *configuration, id string, of *Session) (string, error) {
	o, err := s.oidcClient(ctx, c)
	if err != nil || o.more.EndSession == "" {
		return "", err
	}
	u, err := url.Parse(o.more.EndSession)
	if err != nil {
		return "", err
	}
	if err := s.checkAddress(o.more.EndSession); err != nil {
		return "", err
	}
	hint, err := s.Unseal(of.IDToken, idTokenName(id))
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("id_token_hint", string(hint))
	q.Set("client_id", o.ClientID)
	q.Set("post_logout_redirect_uri", s.origin(c)+portalPage)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

const backchannelEvent = "http://schemas.openid.net/event/backchannel-logout"

// oidcBackchannel ends sessions that a provider says have ended, without a browser (OpenID Connect Back-Channel Logout 1.0).
func (s *Service) oidcBackchannel(x *call) error {
	if err := x.r.ParseForm(); err != nil {
		return bad("The form can't be read.")
	}
	c, err := s.inUse(x.context())
	if err != nil {
		return err
	}
	if c == nil || c.Type != OIDC {
		return bad("People do not sign in with OpenID Connect here.")
	}
	o, err := s.oidcClient(x.context(), c)
	if err != nil {
		return err
	}
	t, err := o.verifier(s.Now, true).Verify(o.context(x.context()), x.r.PostForm.Get("logout_token"))
	if err != nil {
		return signOutRefused(err)
	}
	var more struct {
		SessionID string                     `json:"sid"`
		ID        string                     `json:"jti"`
		Nonce     *string                    `json:"nonce"`
		Events    map[string]json.RawMessage `json:"events"`
	}
	if err := t.Claims(&more); err != nil {
		return signOutRefused(err)
	}
	age := s.Now().Sub(t.IssuedAt)
	_, event := more.Events[backchannelEvent]
	if !event || more.Nonce != nil || more.ID == "" || t.Subject == "" && more.SessionID == "" || age > signOutAge || age < -time.Minute {
		return signOutRefused(errors.New("no logout token, or an old one"))
	}
	if first, err := s.once(x.context(), c, more.ID, t.IssuedAt.Add(signOutAge+time.Minute)); err != nil || !first {
		return cmp.Or(err, signOutRefused(errReplayed))
	}
	var indexes []string
	if more.SessionID != "" {
		indexes = []string{more.SessionID}
	}
	sessions, err := s.sessionsOf(x.context(), c, t.Subject, indexes)
	if err != nil {
		return err
	}
	return s.endSessions(x.context(), sessions)
}

// signOutAge is how long a logout token counts.
const signOutAge = 5 * time.Minute

func signOutRefused(cause error) error {
	e := refused(cause)
	e.Status = http.StatusBadRequest // as the specification has it
	return e
}
