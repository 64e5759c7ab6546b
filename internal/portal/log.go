package portal

import (
	"errors"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/signin"
)

// What people do on pages is logged as AWS logs it: Authenticate, ListAccounts, Federate and GetRoleCredentials are events of the access
// portal, CredentialVerification one of sign-in ("Logging IAM Identity Center API calls with AWS CloudTrail" and "Understanding
// IAM Identity Center sign-in events", IAM Identity Center User Guide).

// log logs what somebody has done, and returns the error as a page gets it. What was chosen and err may be nil.
func (p *Portal) log(x *signin.Call, name string, u *directory.User, in *chosen, err error) error {
	err = refusal(err)
	who, lookErr := p.principal(x.Request().Context(), u)
	if lookErr != nil {
		return errors.Join(err, lookErr)
	}
	e := x.Event(portalService, name, *who)
	if in != nil {
		e.Parameters = audit.FromValue(map[string]string{"accountId": in.AccountID, "roleName": in.RoleName})
	}
	if bad, ok := errors.AsType[*awsapi.Error](err); ok {
		e.ErrorCode, e.ErrorMessage = bad.Code, bad.Message
	}
	p.Audit.Write(e)
	return err
}

// verified logs that somebody has proven to be who, or has not: u is nil if there is nobody of that name, which may be a
// password and is not logged.
func (p *Portal) verified(x *signin.Call, kind string, u *directory.User, right bool) error {
	who, err := p.principal(x.Request().Context(), u)
	if err != nil {
		return err
	}
	e := x.Event(signInService, "CredentialVerification", *who)
	e.Additional = map[string]string{"CredentialType": kind}
	result := "Success"
	if !right {
		result, e.ErrorMessage = "Failure", "Failed authentication"
	}
	e.Response = audit.FromResult("CredentialVerification", result)
	p.Audit.Write(e)
	return nil
}
