package sources

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/policy"
)

// samlAttributes are the names under which providers send what the directory has, if the administrator names none: those of the LDAP
// attribute profile (SAML 2.0 Profiles, section 8.2), Microsoft's, and plain ones.
var samlAttributes = map[string][]string{
	"Email":             {"urn:oid:0.9.2342.19200300.100.1.3", claims + "emailaddress", "email", "mail", "Email"},
	"GivenName":         {"urn:oid:2.5.4.42", claims + "givenname", "givenName", "firstName", "first_name", "FirstName"},
	"FamilyName":        {"urn:oid:2.5.4.4", claims + "surname", "sn", "surname", "lastName", "last_name", "LastName"},
	"DisplayName":       {"urn:oid:2.16.840.1.113730.3.1.241", "http://schemas.microsoft.com/identity/claims/displayname", "displayName", "name"},
	"Title":             {"urn:oid:2.5.4.12", "title", "jobTitle"},
	"PreferredLanguage": {"urn:oid:2.16.840.1.113730.3.1.39", "preferredLanguage"},
	"EmployeeNumber":    {"urn:oid:2.16.840.1.113730.3.1.3", "employeeNumber"},
	"Department":        {"department", "urn:oid:2.16.840.1.113730.3.1.2"},
	"CostCenter":        {"costCenter"},
	"Division":          {"division"},
	"Organization":      {"urn:oid:2.5.4.10", "organization"},
}

// accessControl begins the names of attributes that become session tags ("Passing user attributes from an external identity provider",
// IAM Identity Center User Guide).
const accessControl = "https://aws.amazon.com/SAML/Attributes/AccessControl:"

// maxTags is how many session tags a session can have.
const maxTags = 50

const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

// samlGroups are the names of attributes with groups.
var samlGroups = []string{"http://schemas.xmlsoap.org/claims/Group", "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
	"urn:oid:1.3.6.1.4.1.5923.1.5.1.1", "groups", "memberOf", "Groups"}

// samlMetadata gives the provider what it has to know of this server: GET /sources/saml/metadata.
func (s *Service) samlMetadata(x *call) error {
	c, err := s.inUse(x.context())
	if err != nil {
		return err
	}
	origin := s.origin(c)
	if origin == "" {
		return bad("The server does not know how browsers reach it: see --public-url.")
	}
	k, err := s.signer(x.context())
	if err != nil {
		return err
	}
	doc, err := k.ownMetadata(k.provider(origin))
	if err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = x.w.Write(doc) // an error means that the client is gone
	return nil
}

func (s *Service) samlLogin(x *call, c *configuration, t *trip) error {
	m, k, p, err := s.saml(x.context(), c)
	if err != nil {
		return err
	}
	to := federation.EndpointOf(m.SignOnAt, federation.BindingRedirect, federation.BindingPOST)
	if to == nil {
		return refused(errors.New("the provider's metadata have no SingleSignOnService that is understood"))
	}
	t.Configuration = c.ID
	state := token()
	if err := s.leave(x, state, t); err != nil {
		return err
	}
	request := authnRequest(requestID(state), p, to.Location, s.Now())
	if to.Binding == federation.BindingRedirect {
		address, err := k.redirected("SAMLRequest", request, state)
		if err != nil {
			return err
		}
		return x.redirect(address)
	}
	form, err := k.posted("SAMLRequest", request, state)
	if err != nil {
		return err
	}
	return x.post(form)
}

// requestID is the id of the request of a trip: what answers it is of this trip, and of no other.
func requestID(state string) string { return "_" + digest("saml "+state) }

// saml returns what a SAML source needs: the provider's metadata, this server's key, and what this server is to the provider.
func (s *Service) saml(ctx context.Context, c *configuration) (*federation.Metadata, *signer, *federation.ServiceProvider, error) {
	m, err := s.docs.metadata(c)
	if err != nil {
		return nil, nil, nil, err
	}
	k, err := s.signer(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	return m, k, k.provider(s.origin(c)), nil
}

// samlResponse takes a response: POST /sources/saml/acs. The form comes from the provider's site, so that the browser leaves the cookie
// out; it is sent on to /sources/finish, where it brings it.
func (s *Service) samlResponse(x *call) error {
	if err := x.r.ParseForm(); err != nil {
		return bad("The form can't be read.")
	}
	c, err := s.inUse(x.context())
	if err != nil {
		return err
	}
	if c == nil || c.Type != SAML {
		return bad("People do not sign in with SAML here.")
	}
	m, _, p, err := s.saml(x.context(), c)
	if err != nil {
		return err
	}
	state, request := x.r.PostForm.Get("RelayState"), ""
	begun := !c.SAML.ProviderInitiated || len(state) == len(token())
	if begun {
		request = requestID(state)
	}
	in, err := m.SignIn(x.r.PostForm.Get("SAMLResponse"), p, request, s.Now())
	if err != nil && begun && c.SAML.ProviderInitiated {
		// A provider may have a state of its own that is as long as ours.
		begun = false
		in, err = m.SignIn(x.r.PostForm.Get("SAMLResponse"), p, "", s.Now())
	}
	if err != nil {
		return refused(err)
	}
	if first, err := s.once(x.context(), c, in.ID, in.Until); err != nil || !first {
		return cmp.Or(err, error(refused(errReplayed)))
	}
	a, err := samlArrival(c, in)
	if err != nil {
		return refused(err)
	}
	if !begun {
		return s.enter(x, c, a, destination(state))
	}
	if err := s.arrive(x.context(), state, a); err != nil {
		return err
	}
	return x.redirect("/sources/finish?state=" + url.QueryEscape(state))
}

// samlArrival is who a verified response is about.
func samlArrival(c *configuration, in *federation.SignedIn) (*arrival, error) {
	values := func(name string) []string { return in.Attributes[name] }
	a := &arrival{Configuration: c.ID, Grant: c.grant(), MFA: in.MFA, Person: person{Subject: externalID(in.Subject), VerifiedEmail: true,
		Attributes: c.attributes(samlAttributes, values)},
		Session: Session{Subject: in.Subject, Index: in.SessionIndex, Format: in.SubjectFormat, Qualifier: in.Qualifier,
			SPQualifier: in.SPQualifier, Ends: in.SessionNotOnOrAfter}}
	p := &a.Person
	if subject := p.Attributes["Subject"]; subject != "" {
		p.Subject = externalID(subject)
	} else if in.SubjectFormat == "transient" {
		return nil, errors.New("the NameID is another one each time: map the attribute Subject, or have the provider send a persistent one")
	}
	if p.Attributes["UserName"] == "" {
		p.Attributes["UserName"] = in.Subject
	}
	delete(p.Attributes, "Subject")
	for name, values := range in.Attributes {
		if key, ok := strings.CutPrefix(name, accessControl); ok && key != "" && len(values) == 1 && len(a.Tags) < maxTags {
			a.Tags = append(a.Tags, policy.Tag{Key: key, Value: values[0]})
		}
	}
	slices.SortFunc(a.Tags, func(x, y policy.Tag) int { return strings.Compare(x.Key, y.Key) })
	names := samlGroups
	if c.GroupAttribute != "" {
		names = []string{c.GroupAttribute}
	}
	for _, name := range names {
		if groups, ok := in.Attributes[name]; ok {
			p.Groups = named(groups)
			break
		}
	}
	if p.Groups == nil && c.GroupAttribute != "" { // it says that there are none
		p.Groups = []group{}
	}
	return a, nil
}

// attributes are what the directory has of somebody, from what a source sends: as the administrator says, and else under usual names.
func (c *configuration) attributes(usual map[string][]string, values func(name string) []string) map[string]string {
	all := make(map[string]string)
	for name, others := range usual {
		for _, other := range others {
			if v := values(other); len(v) > 0 && v[0] != "" {
				all[name] = v[0]
				break
			}
		}
	}
	for name, other := range c.Attributes {
		delete(all, name)
		if v := values(other); len(v) > 0 && v[0] != "" {
			all[name] = v[0]
		}
	}
	return all
}

// samlSignOut takes messages of single log-out: GET and POST /sources/saml/slo. A request of the provider ends sessions here, and is
// answered; the answer to a request of ours ends in the access portal.
func (s *Service) samlSignOut(x *call) error {
	c, err := s.inUse(x.context())
	if err != nil {
		return err
	}
	if c == nil || c.Type != SAML {
		return bad("People do not sign in with SAML here.")
	}
	m, k, p, err := s.saml(x.context(), c)
	if err != nil {
		return err
	}
	var out *federation.SignOut
	if x.r.Method == http.MethodGet {
		out, err = m.SignOutRedirected(x.r.URL.RawQuery, p, s.Now())
	} else if err = x.r.ParseForm(); err == nil {
		out, err = m.SignOut(cmp.Or(x.r.PostForm.Get("SAMLRequest"), x.r.PostForm.Get("SAMLResponse")), p, s.Now())
	}
	if err != nil {
		return refused(err)
	}
	if !out.Request {
		if !out.Success {
			s.Logger.Warn("sources: the provider could not end all sessions", "request", x.RequestID)
		}
		return x.redirect(portalPage)
	}
	if first, err := s.once(x.context(), c, out.ID, out.Until); err != nil || !first {
		return cmp.Or(err, error(refused(errReplayed)))
	}
	sessions, err := s.sessionsOf(x.context(), c, out.Subject, out.SessionIndexes)
	if err != nil {
		return err
	}
	if err := s.endSessions(x.context(), sessions); err != nil {
		return err
	}
	return s.samlSignedOut(x, m, k, p, out.ID)
}

// samlSignedOut answers a request of the provider.
func (s *Service) samlSignedOut(x *call, m *federation.Metadata, k *signer, p *federation.ServiceProvider, request string) error {
	to := federation.EndpointOf(m.SignOutAt, federation.BindingRedirect, federation.BindingPOST)
	if to == nil {
		return x.redirect(portalPage)
	}
	state := x.r.Form.Get("RelayState")
	if x.r.Method == http.MethodGet {
		state = x.r.URL.Query().Get("RelayState")
	}
	answer := logoutResponse("_"+digest(token()), p, cmp.Or(to.ResponseLocation, to.Location), request, s.Now())
	if to.Binding == federation.BindingRedirect {
		address, err := k.redirected("SAMLResponse", answer, state)
		if err != nil {
			return err
		}
		return x.redirect(address)
	}
	form, err := k.posted("SAMLResponse", answer, state)
	if err != nil {
		return err
	}
	return x.post(form)
}

// samlSignOutURL is where a browser goes to end the provider's session; "" if the provider has no such place.
func (s *Service) samlSignOutURL(ctx context.Context, c *configuration, of *Session) (string, error) {
	m, k, p, err := s.saml(ctx, c)
	if err != nil {
		return "", err
	}
	to := federation.EndpointOf(m.SignOutAt, federation.BindingRedirect, federation.BindingPOST)
	if to == nil {
		return "", nil
	}
	request := logoutRequest("_"+digest(token()), p, to.Location, of, s.Now())
	if to.Binding == federation.BindingRedirect {
		return k.redirected("SAMLRequest", request, "")
	}
	form, err := k.posted("SAMLRequest", request, "")
	if err != nil {
		return "", err
	}
	return s.later(form)
}
