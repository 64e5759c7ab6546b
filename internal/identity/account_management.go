package identity

import (
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	accounts "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"github.com/statordb/stator/internal/awsapi"
)

// The AWS Account Management API: an account's own name and the e-mail address of its root user, which the management
// account can read and change for others.

// AccountManagementOperations returns every operation of the AWS Account Management API, in alphabetical order. One without
// Decode is not there yet.
func (s *Store) AccountManagementOperations() []awsapi.Operation {
	op := func(name string, decode func(*awsapi.Request) (awsapi.Call, error)) awsapi.Operation {
		return awsapi.Operation{Service: "account", Name: name, Path: "POST /" + strings.ToLower(name[:1]) + name[1:], Decode: decode}
	}
	return []awsapi.Operation{
		op("AcceptPrimaryEmailUpdate", s.acceptPrimaryEmailUpdate),
		op("DeleteAlternateContact", nil),
		op("DisableRegion", nil),
		op("EnableRegion", nil),
		op("GetAccountInformation", s.getAccountInformation),
		op("GetAlternateContact", nil),
		op("GetContactInformation", nil),
		op("GetGovCloudAccountInformation", nil),
		op("GetPrimaryEmail", s.getPrimaryEmail),
		op("GetRegionOptStatus", nil),
		op("ListRegions", nil),
		op("PutAccountName", s.putAccountName),
		op("PutAlternateContact", nil),
		op("PutContactInformation", nil),
		op("StartPrimaryEmailUpdate", s.startPrimaryEmailUpdate),
	}
}

// managementInput reads the input of an operation, and checks the account that it is about.
func managementInput[In any](req *awsapi.Request, of func(*In) *string) (*In, error) {
	in := new(In)
	if len(req.Body) > 0 {
		if err := awsapi.DecodeJSON(req.Body, in); err != nil {
			return nil, err
		}
	}
	if id := of(in); id != nil && !accountForm.MatchString(*id) {
		return nil, invalidMember("AccountId")
	}
	return in, nil
}

func invalidMember(name string) *awsapi.Error {
	return badRequest("ValidationException", "The value of "+name+" is not valid.")
}

func managementDenied(message string) *awsapi.Error {
	return &awsapi.Error{Code: "AccessDeniedException", Status: http.StatusForbidden, Message: message}
}

// managedAccount is the target of an operation: the caller's own account, or for the management account a member ("Resource
// types defined by AWS Account Management", Service Authorization Reference).
func managedAccount(id *string) resource {
	return func(v *view) (target, error) {
		if id == nil {
			return target{arn: "arn:aws:account::" + v.account + ":account"}, nil
		}
		return target{arn: "arn:aws:account::" + v.account + ":account/" + organization(v.account) + "/" + *id}, nil
	}
}

// managementOf is the account that an operation is about, and its id.
func (v *view) managementOf(id *string) (*view, *accountRecord, error) {
	if id == nil {
		a, err := v.accountOf()
		return v, a, err
	}
	if err := v.managed(); err != nil {
		return nil, nil, managementDenied("Only the management account of the organization may name an account.")
	}
	if *id == v.account {
		return nil, nil, managementDenied("The management account can't specify its own AccountId.")
	}
	a, ok, err := get[accountRecord](v.ctx, v.r, accountKey(*id))
	if err == nil && (!ok || a.SignedUp) {
		err = managementDenied("The account is no member of the organization.")
	}
	return v.of(*id), &a, err
}

func (a *accountRecord) state() types.AccountState {
	if a.Closed != nil {
		return types.AccountStateClosed
	}
	return types.AccountStateActive
}

// getAccountInformation decodes GetAccountInformation. This API writes times as text.
func (s *Store) getAccountInformation(req *awsapi.Request) (awsapi.Call, error) {
	in, err := managementInput(req, func(in *accounts.GetAccountInformationInput) *string { return in.AccountId })
	if err != nil {
		return nil, err
	}
	return s.readService("account", req, "GetAccountInformation", managedAccount(in.AccountId), func(v *view) (any, error) {
		of, a, err := v.managementOf(in.AccountId)
		if err != nil {
			return nil, err
		}
		return map[string]string{"AccountCreatedDate": a.Created.UTC().Format(time.RFC3339), "AccountId": of.account,
			"AccountName": a.Name, "AccountState": string(a.state())}, nil
	})
}

// putAccountName decodes PutAccountName.
func (s *Store) putAccountName(req *awsapi.Request) (awsapi.Call, error) {
	in, err := managementInput(req, func(in *accounts.PutAccountNameInput) *string { return in.AccountId })
	if err != nil {
		return nil, err
	}
	if in.AccountName == nil || !accountName.MatchString(*in.AccountName) {
		return nil, invalidMember("AccountName")
	}
	return s.writeService("account", req, "PutAccountName", managedAccount(in.AccountId), func(e *edit) (any, error) {
		of, a, err := e.managementOf(in.AccountId)
		if err != nil {
			return nil, err
		}
		a.Name = *in.AccountName
		return nil, put(e.tx, accountKey(of.account), *a)
	})
}

// getPrimaryEmail decodes GetPrimaryEmail: "only from the management account … for a member account".
func (s *Store) getPrimaryEmail(req *awsapi.Request) (awsapi.Call, error) {
	in, err := managementInput(req, func(in *accounts.GetPrimaryEmailInput) *string { return in.AccountId })
	if err == nil && in.AccountId == nil {
		err = invalidMember("AccountId")
	}
	if err != nil {
		return nil, err
	}
	return s.readService("account", req, "GetPrimaryEmail", managedAccount(in.AccountId), func(v *view) (any, error) {
		_, a, err := v.managementOf(in.AccountId)
		if err != nil {
			return nil, err
		}
		return &accounts.GetPrimaryEmailOutput{PrimaryEmail: aws.String(a.Email)}, nil
	})
}

// startPrimaryEmailUpdate decodes StartPrimaryEmailUpdate: a code goes to the new address.
func (s *Store) startPrimaryEmailUpdate(req *awsapi.Request) (awsapi.Call, error) {
	in, err := managementInput(req, func(in *accounts.StartPrimaryEmailUpdateInput) *string { return in.AccountId })
	if err != nil {
		return nil, err
	}
	switch {
	case in.AccountId == nil:
		return nil, invalidMember("AccountId")
	case in.PrimaryEmail == nil || !validEmail(*in.PrimaryEmail):
		return nil, invalidMember("PrimaryEmail")
	}
	var code string
	c := &call{s: s, req: req, service: "account", name: "StartPrimaryEmailUpdate", on: managedAccount(in.AccountId)}
	c.change = func(e *edit) (any, error) {
		of, _, err := e.managementOf(in.AccountId)
		if err != nil {
			return nil, err
		}
		code, err = (&edit{of, e.tx, e.now}).beginEmailChange(*in.PrimaryEmail)
		return &accounts.StartPrimaryEmailUpdateOutput{Status: types.PrimaryEmailUpdateStatusPending}, err
	}
	c.after = func() error {
		if s.newEmail == nil {
			return nil
		}
		return s.newEmail(*in.PrimaryEmail, code)
	}
	return c, nil
}

// acceptPrimaryEmailUpdate decodes AcceptPrimaryEmailUpdate: whoever has the code may.
func (s *Store) acceptPrimaryEmailUpdate(req *awsapi.Request) (awsapi.Call, error) {
	in, err := managementInput(req, func(in *accounts.AcceptPrimaryEmailUpdateInput) *string { return in.AccountId })
	if err != nil {
		return nil, err
	}
	switch {
	case in.AccountId == nil:
		return nil, invalidMember("AccountId")
	case in.Otp == nil:
		return nil, invalidMember("Otp")
	case in.PrimaryEmail == nil:
		return nil, invalidMember("PrimaryEmail")
	}
	var told RootChange
	c := &call{s: s, req: req, service: "account", name: "AcceptPrimaryEmailUpdate", on: managedAccount(in.AccountId)}
	c.change = func(e *edit) (any, error) {
		of, a, err := e.managementOf(in.AccountId)
		if err != nil {
			return nil, err
		}
		told.Email = a.Email
		err = (&edit{of, e.tx, e.now}).endEmailChange(a, *in.PrimaryEmail, *in.Otp)
		told.NewEmail = a.Email
		return &accounts.AcceptPrimaryEmailUpdateOutput{Status: types.PrimaryEmailUpdateStatusAccepted}, managementError(err)
	}
	c.after = func() error {
		s.changed(told)
		return nil
	}
	return c, nil
}

// managementError is an error of a change of address in the words of this API.
func managementError(err error) error {
	if k, ok := err.(kept); ok {
		return kept{managementError(k.error)}
	}
	e, ok := err.(*awsapi.Error)
	switch {
	case ok && e.Code == wrongMailedCode().Code:
		err = badRequest("ValidationException", e.Message)
	case ok && e.Code == emailInUse().Code:
		err = &awsapi.Error{Code: "ConflictException", Status: e.Status, Message: e.Message}
	}
	return err
}
