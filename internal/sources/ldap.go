package sources

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/statordb/stator/internal/awsapi"
)

// ldapAttributes are the usual names of attributes.
var ldapAttributes = map[string][]string{
	"Email": {"mail"}, "GivenName": {"givenName"}, "FamilyName": {"sn"}, "DisplayName": {"displayName", "cn"}, "Title": {"title"},
	"PhoneNumber": {"telephoneNumber"}, "PreferredLanguage": {"preferredLanguage"}, "EmployeeNumber": {"employeeNumber"},
	"Department": {"department", "departmentNumber"}, "Division": {"division"}, "Organization": {"company", "o"},
}

// ldapComplete sets what the administrator has left out to what the two kinds of directories usually have.
func ldapComplete(c *configuration) {
	l := c.LDAP
	set := func(to *string, ad, other string) {
		if *to == "" && l.ActiveDirectory {
			*to = ad
		} else if *to == "" {
			*to = other
		}
	}
	set(&l.UserFilter, "(&(objectCategory=person)(objectClass=user))", "(objectClass=inetOrgPerson)")
	set(&l.GroupBase, l.UserBase, l.UserBase)
	set(&l.GroupFilter, "(objectClass=group)", "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))")
	set(&l.MemberAttribute, "member", "member")
	set(&l.IDAttribute, "objectGUID", "entryUUID")
	if l.SyncMinutes == 0 {
		l.SyncMinutes = defaultSync
	}
}

// userName is the attribute with the name that people sign in with.
func (c *configuration) userName() string {
	if c.LDAP.ActiveDirectory {
		return cmp.Or(c.Attributes["UserName"], "sAMAccountName")
	}
	return cmp.Or(c.Attributes["UserName"], "uid")
}

// signInNames are the attributes that a name given at the sign-in may be the value of.
func (c *configuration) signInNames() []string {
	if c.LDAP.ActiveDirectory && c.Attributes["UserName"] == "" {
		return []string{"sAMAccountName", "userPrincipalName"}
	}
	return []string{c.userName()}
}

// bindFailed is what anybody is told whose password is not right, whether there is somebody of that name or not.
func bindFailed(cause error) *awsapi.Error {
	return &awsapi.Error{Code: "AuthenticationFailed", Status: http.StatusUnauthorized, Cause: cause,
		Message: "Your authentication information is incorrect. Please try again."}
}

// SignIn signs in with a password of the LDAP directory, and returns the id of the user. The error is an *awsapi.Error if it is the
// person's: AuthenticationFailed, whatever is wrong with name, password or account, AccessDenied for whom the directory here does not know, or
// ServiceUnavailable.
func (s *Service) SignIn(ctx context.Context, userName, password string) (userID string, err error) {
	c, err := s.inUse(ctx)
	if err != nil {
		return "", err
	}
	if c == nil || c.Type != LDAP {
		return "", bad("People do not sign in with passwords of a directory.")
	}
	userID, err = s.ldapSignIn(ctx, c, userName, password)
	switch e, _ := errors.AsType[*awsapi.Error](err); {
	case errors.Is(err, errUnreachable):
		s.Logger.Error("sources: the directory can't be reached", "error", err)
		return "", &awsapi.Error{Code: "ServiceUnavailable", Status: http.StatusServiceUnavailable, Message: "Your organization's directory does not answer. Try again later."}
	case e != nil && e.Cause != nil:
		s.Logger.Warn("sources: sign-in refused", "error", e.Cause)
	}
	return userID, err
}

// maxPassword is the longest password that is sent to a directory, in bytes.
const maxPassword = 1024

func (s *Service) ldapSignIn(ctx context.Context, c *configuration, userName, password string) (string, error) {
	// A bind without a password succeeds at many servers, as nobody (RFC 4513, section 5.1.2).
	if userName == "" || password == "" || len(userName) > 256 || len(password) > maxPassword {
		return "", bindFailed(errors.New("no user name, or no password"))
	}
	var found []*ldap.Entry
	err := s.withLDAP(ctx, c, func(conn *ldap.Conn) (err error) {
		found, err = c.search(conn, c.LDAP.UserBase, c.userFilter(userName), c.wanted(), 2)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("%w: %w", errUnreachable, err)
	}
	dn := "cn=" + digest(token())[:16] + "," + c.LDAP.UserBase // nobody, who takes as long
	if len(found) == 1 {
		dn = found[0].DN
	}
	if err := s.bindAs(ctx, c, dn, password); err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", bindFailed(fmt.Errorf("%d entries have the name", len(found)))
	}
	p, err := c.person(found[0])
	if err != nil {
		return "", refused(err)
	}
	if p.Disabled {
		return "", bindFailed(errors.New("the account is disabled"))
	}
	if p.Groups, err = s.groupsOf(ctx, c, found[0]); err != nil {
		return "", fmt.Errorf("%w: %w", errUnreachable, err)
	}
	userID, err := s.admit(ctx, c, p)
	if err != nil {
		return "", refused(err)
	}
	return userID, nil
}

// userFilter finds who signs in with a name. The name is a value in it, whatever is in the name.
func (c *configuration) userFilter(name string) string {
	var any strings.Builder
	for _, attribute := range c.signInNames() {
		any.WriteString("(" + attribute + "=" + ldap.EscapeFilter(name) + ")")
	}
	return "(&" + c.LDAP.UserFilter + "(|" + any.String() + "))"
}

// bindAs proves a password, on a connection of its own: whoever uses another one later is not this person.
func (s *Service) bindAs(ctx context.Context, c *configuration, dn, password string) error {
	wait, cancel := context.WithTimeout(ctx, s.pools.timeout)
	defer cancel()
	if err := s.pools.slot(wait); err != nil {
		return err
	}
	defer func() { <-s.pools.slots }()
	conn, err := s.dialLDAP(ctx, c)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	err = unreachable(conn.Bind(dn, password))
	if err == nil || errors.Is(err, errUnreachable) {
		return err
	}
	return bindFailed(whyNot(err))
}

// whyNot says for the log why a bind was refused. Active Directory has the reason in the diagnostic message.
func whyNot(err error) error {
	for data, reason := range map[string]string{"525": "there is no such user", "52e": "the password is wrong", "530": "not at this time",
		"531": "not from this computer", "532": "the password has expired", "533": "the account is disabled", "701": "the account has expired",
		"773": "the password has to be changed", "775": "the account is locked"} {
		if strings.Contains(err.Error(), "data "+data) {
			return errors.New(reason)
		}
	}
	return err
}

// person reads an entry.
func (c *configuration) person(e *ldap.Entry) (*person, error) {
	p := &person{VerifiedEmail: true, Attributes: c.attributes(ldapAttributes, e.GetEqualFoldAttributeValues)}
	p.Attributes["UserName"] = e.GetEqualFoldAttributeValue(c.userName())
	p.Subject = entryID(e, cmp.Or(c.Attributes["Subject"], c.LDAP.IDAttribute))
	delete(p.Attributes, "Subject")
	if p.Subject == "" || p.Attributes["UserName"] == "" {
		return nil, fmt.Errorf("the entry %s has no %s, or no %s", e.DN, c.LDAP.IDAttribute, c.userName())
	}
	if flags, err := strconv.Atoi(e.GetEqualFoldAttributeValue("userAccountControl")); err == nil {
		p.Disabled = flags&accountDisable != 0
	}
	// Administrators lock entries of OpenLDAP for good with this time (the password policy overlay, slapo-ppolicy(5)).
	if e.GetEqualFoldAttributeValue("pwdAccountLockedTime") == "000001010000Z" {
		p.Disabled = true
	}
	return p, nil
}

// accountDisable is a flag of userAccountControl.
const accountDisable = 2

// entryID is what an entry is called for good. That of Active Directory is 16 bytes.
func entryID(e *ldap.Entry, attribute string) string {
	raw := e.GetEqualFoldRawAttributeValue(attribute)
	if strings.EqualFold(attribute, "objectGUID") {
		return hex.EncodeToString(raw)
	}
	return externalID(string(raw))
}

// wanted are the attributes that are read of people.
func (c *configuration) wanted() []string {
	all := []string{c.userName(), c.LDAP.IDAttribute, "userAccountControl", "pwdAccountLockedTime", "memberOf"}
	for _, names := range ldapAttributes {
		all = append(all, names...)
	}
	for _, name := range c.Attributes {
		all = append(all, name)
	}
	return all
}

// search returns the entries below a base, most at the most: one more is an error, as a part of them would look like all.
func (c *configuration) search(conn *ldap.Conn, base, filter string, attributes []string, most int) (all []*ldap.Entry, err error) {
	paging := ldap.NewControlPaging(pageSize)
	for {
		r, err := conn.Search(ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, int(ldapTimeout.Seconds()), false,
			filter, attributes, []ldap.Control{paging}))
		if err != nil {
			return nil, err
		}
		if all = append(all, r.Entries...); len(all) > most {
			return all, fmt.Errorf("more than %d entries match %s", most, filter)
		}
		next, ok := ldap.FindControl(r.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
		if !ok || len(next.Cookie) == 0 {
			return all, nil
		}
		paging.SetCookie(next.Cookie)
	}
}

// pageSize is how many entries are asked for at a time. Active Directory gives 1000 at the most.
const pageSize = 500
