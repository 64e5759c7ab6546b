package identity

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/statordb/stator/internal/awsapi"
)

// The accounts of a server are an organization of AWS's: the first is its management account, and the only one that may
// make others. There are no organizational units and no service control policies.

// AccountOperations returns every operation of the AWS Organizations API, in alphabetical order. One without Decode is
// not there yet.
func (s *Store) AccountOperations() []awsapi.Operation {
	there := map[string]func(*awsapi.Request) (awsapi.Call, error){
		"CloseAccount":                s.closeAccount,
		"CreateAccount":               s.createAccount,
		"DescribeAccount":             s.describeAccount,
		"DescribeCreateAccountStatus": s.describeCreateAccountStatus,
		"DescribeOrganization":        s.describeOrganization,
		"ListAccounts":                s.listAccounts,
	}
	var all []awsapi.Operation
	for _, name := range strings.Fields(organizationOperations) {
		all = append(all, awsapi.Operation{Service: "organizations", Name: name, Decode: there[name]})
	}
	return all
}

const organizationOperations = `AcceptHandshake AttachPolicy CancelHandshake CloseAccount CreateAccount CreateGovCloudAccount
	CreateOrganization CreateOrganizationalUnit CreatePolicy DeclineHandshake DeleteOrganization DeleteOrganizationalUnit
	DeletePolicy DeleteResourcePolicy DeregisterDelegatedAdministrator DescribeAccount DescribeCreateAccountStatus
	DescribeEffectivePolicy DescribeHandshake DescribeOrganization DescribeOrganizationalUnit DescribePolicy
	DescribeResourcePolicy DescribeResponsibilityTransfer DetachPolicy DisableAWSServiceAccess DisablePolicyType
	EnableAWSServiceAccess EnableAllFeatures EnablePolicyType InviteAccountToOrganization
	InviteOrganizationToTransferResponsibility LeaveOrganization ListAWSServiceAccessForOrganization ListAccounts
	ListAccountsForParent ListAccountsWithInvalidEffectivePolicy ListChildren ListCreateAccountStatus
	ListDelegatedAdministrators ListDelegatedServicesForAccount ListEffectivePolicyValidationErrors
	ListHandshakesForAccount ListHandshakesForOrganization ListInboundResponsibilityTransfers
	ListOrganizationalUnitsForParent ListOutboundResponsibilityTransfers ListParents ListPolicies ListPoliciesForTarget
	ListRoots ListTagsForResource ListTargetsForPolicy MoveAccount PutResourcePolicy RegisterDelegatedAdministrator
	RemoveAccountFromOrganization TagResource TerminateResponsibilityTransfer UntagResource UpdateOrganizationalUnit
	UpdatePolicy UpdateResponsibilityTransfer`

const defaultAccountRole = "OrganizationAccountAccessRole"

// maxAccounts bounds the accounts of a server: they are looked through where that is seldom.
const maxAccounts = 10_000

func organizationError(code, message string) *awsapi.Error {
	return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
}

// organizationInput reads the input of an operation.
func organizationInput[In any](req *awsapi.Request) (*In, error) {
	in := new(In)
	return in, awsapi.DecodeJSON(req.Body, in)
}

var (
	accountName = regexp.MustCompile(`^[\x{0020}-\x{007E}]{1,50}$`)
	roleName    = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
)

// wants checks a member that is required and has a form.
func wants(text *string, form *regexp.Regexp) error {
	if text == nil || !form.MatchString(*text) {
		return badPattern()
	}
	return nil
}

func badPattern() error {
	return organizationError("InvalidInputException", "You provided a value that does not match the required pattern.")
}

// managed runs fn for the management account, and refuses all others.
func (v *view) managed() error {
	mark, _, err := get[markRecord](v.ctx, v.r, markKey())
	if err == nil && mark.Account != v.account {
		err = organizationError("AccessDeniedException", "You don't have permissions to access this resource.")
	}
	return err
}

// createAccount decodes CreateAccount. The new account has a role with all permissions that the management account may
// assume: that is the way into it.
func (s *Store) createAccount(req *awsapi.Request) (awsapi.Call, error) {
	in, err := organizationInput[organizations.CreateAccountInput](req)
	if err != nil {
		return nil, err
	}
	role := defaultAccountRole
	if in.RoleName != nil {
		role = *in.RoleName
	}
	for _, err := range []error{wants(in.AccountName, accountName), wants(&role, roleName)} {
		if err != nil {
			return nil, err
		}
	}
	if in.Email == nil || !validEmail(*in.Email) {
		return nil, badPattern()
	}
	return s.writeService("organizations", req, "CreateAccount", anything, func(e *edit) (any, error) {
		if err := e.managed(); err != nil {
			return nil, err
		}
		a := accountRecord{Created: e.now, Name: *in.AccountName, Request: newID("")}
		account, err := e.newAccount(&a, *in.Email)
		if e, ok := errors.AsType[*awsapi.Error](err); ok && e.Code == emailInUse().Code {
			err = organizationError("DuplicateAccountException", "An account with that email address exists already.")
		}
		if err != nil {
			return nil, err
		}
		if err := put(e.tx, accountKey(account), a); err != nil {
			return nil, err
		}
		if err := e.createAccountRole(account, role); err != nil {
			return nil, err
		}
		return &organizations.CreateAccountOutput{CreateAccountStatus: a.status(account)}, nil
	})
}

func tooManyAccounts() *awsapi.Error {
	return organizationError("ConstraintViolationException", "You have exceeded the allowed number of AWS accounts.")
}

// newAccount gives a new account its id and its e-mail address. The record is the caller's to write.
func (e *edit) newAccount(a *accountRecord, address string) (id string, err error) {
	n, err := e.count("account")
	if err != nil {
		return "", err
	}
	if n >= maxAccounts {
		return "", tooManyAccounts()
	}
	for there := true; there; { // a second time once in 90 million
		id = NewAccount()
		if _, there, err = get[accountRecord](e.ctx, e.r, accountKey(id)); err != nil {
			return "", err
		}
	}
	in := &edit{e.of(id), e.tx, e.now}
	return id, in.setEmail(a, address)
}

// createAccountRole makes the role of a new account that lets the caller's in.
func (e *edit) createAccountRole(account, name string) error {
	in := &edit{e.of(account), e.tx, e.now}
	r := &roleRecord{entity: in.newEntity("AROA", nil, &name, nil), MaxSession: defaultSession}
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + e.account + `:root"},"Action":"sts:AssumeRole"}]}`
	if err := in.setTrust(r, trust); err != nil {
		return err
	}
	r.Inline = map[string]string{"AdministratorAccess": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`}
	return create(in, roleKind, r, "RolesPerAccount", maxRoles)
}

// eachAccount calls fn with the accounts in the order of their ids, from the one after an id on, until it returns false.
func (v *view) eachAccount(after string, fn func(id string, a *accountRecord) (more bool, err error)) error {
	ids, err := v.lasts("account")
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id <= after {
			continue
		}
		a, _, err := get[accountRecord](v.ctx, v.r, accountKey(id))
		if err != nil {
			return err
		}
		if more, err := fn(id, &a); err != nil || !more {
			return err
		}
	}
	return nil
}

// requestID is the id of the request that made the account.
func (a *accountRecord) requestID() string { return "car-" + strings.ToLower(a.Request) }

func (a *accountRecord) status(id string) *types.CreateAccountStatus {
	return &types.CreateAccountStatus{Id: aws.String(a.requestID()), AccountId: aws.String(id), AccountName: aws.String(a.Name),
		State: types.CreateAccountStateSucceeded, RequestedTimestamp: aws.Time(a.Created), CompletedTimestamp: aws.Time(a.Created)}
}

// describeCreateAccountStatus decodes DescribeCreateAccountStatus.
func (s *Store) describeCreateAccountStatus(req *awsapi.Request) (awsapi.Call, error) {
	in, err := organizationInput[organizations.DescribeCreateAccountStatusInput](req)
	if err != nil {
		return nil, err
	}
	if err := wants(in.CreateAccountRequestId, regexp.MustCompile(`^car-[a-z0-9]{8,32}$`)); err != nil {
		return nil, err
	}
	return s.readService("organizations", req, "DescribeCreateAccountStatus", anything, func(v *view) (any, error) {
		if err := v.managed(); err != nil {
			return nil, err
		}
		out := &organizations.DescribeCreateAccountStatusOutput{}
		err := v.eachAccount("", func(id string, a *accountRecord) (bool, error) {
			if a.Request != "" && a.requestID() == *in.CreateAccountRequestId {
				out.CreateAccountStatus = a.status(id)
			}
			return out.CreateAccountStatus == nil, nil
		})
		if err == nil && out.CreateAccountStatus == nil {
			err = organizationError("CreateAccountStatusNotFoundException", "You specified a request that does not exist.")
		}
		return out, err
	})
}

// organization is the id of the organization, which follows from that of its management account.
func organization(management string) string {
	const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
	sum := sha256.Sum256([]byte("organization/" + management))
	id := []byte("o-")
	for _, b := range sum[:10] {
		id = append(id, alphabet[int(b)%len(alphabet)])
	}
	return string(id)
}

func organizationARN(management, resource string) string {
	return "arn:aws:organizations::" + management + ":" + resource
}

func accountARN(management, id string) *string {
	return aws.String(organizationARN(management, "account/"+organization(management)+"/"+id))
}

func (a *accountRecord) show(management, id string) types.Account {
	shown := types.Account{Id: aws.String(id), Arn: accountARN(management, id), Name: aws.String(a.Name), Email: aws.String(a.Email),
		JoinedTimestamp: aws.Time(a.Created), JoinedMethod: types.AccountJoinedMethodCreated,
		Status: types.AccountStatusActive, State: types.AccountStateActive}
	if a.Request == "" { // it was there before the organization
		shown.JoinedMethod = types.AccountJoinedMethodInvited
	}
	if a.Closed != nil {
		shown.Status, shown.State = types.AccountStatusSuspended, types.AccountStateClosed
	}
	return shown
}

// memberAccount is the target of an operation on an account.
func memberAccount(id string) resource {
	return func(v *view) (target, error) { return target{arn: *accountARN(v.account, id)}, nil }
}

var accountForm = regexp.MustCompile(`^\d{12}$`)

// account reads an account that may not be there.
func (v *view) member(id string) (*accountRecord, error) {
	a, ok, err := get[accountRecord](v.ctx, v.r, accountKey(id))
	if err == nil && !ok {
		err = organizationError("AccountNotFoundException", "You specified an account that doesn't exist.")
	}
	return &a, err
}

// describeAccount decodes DescribeAccount.
func (s *Store) describeAccount(req *awsapi.Request) (awsapi.Call, error) {
	in, err := organizationInput[organizations.DescribeAccountInput](req)
	if err != nil {
		return nil, err
	}
	if err := wants(in.AccountId, accountForm); err != nil {
		return nil, err
	}
	return s.readService("organizations", req, "DescribeAccount", memberAccount(*in.AccountId), func(v *view) (any, error) {
		if err := v.managed(); err != nil {
			return nil, err
		}
		a, err := v.member(*in.AccountId)
		if err != nil {
			return nil, err
		}
		shown := a.show(v.account, *in.AccountId)
		return &organizations.DescribeAccountOutput{Account: &shown}, nil
	})
}

// listAccounts decodes ListAccounts.
func (s *Store) listAccounts(req *awsapi.Request) (awsapi.Call, error) {
	in, err := organizationInput[organizations.ListAccountsInput](req)
	if err != nil {
		return nil, err
	}
	limit := int32(20)
	if in.MaxResults != nil {
		limit = *in.MaxResults
	}
	if limit < 1 || limit > 20 || in.NextToken != nil && CheckAccount(*in.NextToken) != nil {
		return nil, organizationError("InvalidInputException", "You provided an invalid value.")
	}
	return s.readService("organizations", req, "ListAccounts", anything, func(v *view) (any, error) {
		if err := v.managed(); err != nil {
			return nil, err
		}
		out := &organizations.ListAccountsOutput{Accounts: []types.Account{}}
		err := v.eachAccount(aws.ToString(in.NextToken), func(id string, a *accountRecord) (bool, error) {
			if len(out.Accounts) == int(limit) {
				out.NextToken = out.Accounts[limit-1].Id
				return false, nil
			}
			out.Accounts = append(out.Accounts, a.show(v.account, id))
			return true, nil
		})
		return out, err
	})
}

// describeOrganization decodes DescribeOrganization.
func (s *Store) describeOrganization(req *awsapi.Request) (awsapi.Call, error) {
	return s.readService("organizations", req, "DescribeOrganization", anything, func(v *view) (any, error) {
		mark, _, err := get[markRecord](v.ctx, v.r, markKey())
		if err != nil {
			return nil, err
		}
		a, _, err := get[accountRecord](v.ctx, v.r, accountKey(mark.Account))
		if err != nil {
			return nil, err
		}
		return &organizations.DescribeOrganizationOutput{Organization: &types.Organization{
			Id: aws.String(organization(mark.Account)), Arn: aws.String(organizationARN(mark.Account, "organization/"+organization(mark.Account))),
			FeatureSet: types.OrganizationFeatureSetAll, AvailablePolicyTypes: []types.PolicyTypeSummary{},
			MasterAccountId: aws.String(mark.Account), MasterAccountArn: accountARN(mark.Account, mark.Account), MasterAccountEmail: aws.String(a.Email),
		}}, nil
	})
}
