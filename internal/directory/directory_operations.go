package directory

import (
	"context"
	"strings"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// The operations of AWS's console on its directory. AWS names them as actions ("Actions, resources, and condition keys for AWS IAM
// Identity Center directory", Service Authorization Reference), and documents no shapes: these are ours. Policies know no
// resources of them.

// DirectoryOperations returns the operations of sso-directory that are about people and about SCIM, in alphabetical order. One
// without Decode is not there, or is not there yet; those on outside sources of people are another package's.
func (s *Store) DirectoryOperations() []awsapi.Operation {
	return operations("sso-directory", directoryOperations, map[string]func(*awsapi.Request) (awsapi.Call, error){
		"CreateBearerToken":        s.createBearerToken,
		"CreateProvisioningTenant": s.createProvisioningTenant,
		"DeleteBearerToken":        s.deleteBearerToken,
		"DeleteMfaDeviceForUser":   s.deleteMFADeviceForUser,
		"DeleteProvisioningTenant": s.deleteProvisioningTenant,
		"DisableUser":              s.setUserStatus("DisableUser", true),
		"EnableUser":               s.setUserStatus("EnableUser", false),
		"ListBearerTokens":         s.listBearerTokens,
		"ListMfaDevicesForUser":    s.listMFADevicesForUser,
		"ListProvisioningTenants":  s.listProvisioningTenants,
		"UpdateMfaDeviceForUser":   s.updateMFADeviceForUser,
		"UpdatePassword":           s.updatePassword,
		"VerifyEmail":              s.verifyEmail,
	})
}

const directoryOperations = `AddMemberToGroup CompleteVirtualMfaDeviceRegistration CompleteWebAuthnDeviceRegistration CreateAlias CreateBearerToken
	CreateGroup CreateProvisioningTenant CreateUser DeleteBearerToken DeleteGroup DeleteMfaDeviceForUser DeleteProvisioningTenant DeleteUser
	DescribeDirectory DescribeGroup DescribeGroups DescribeProvisioningTenant DescribeUser DescribeUserByUniqueAttribute DescribeUsers DisableUser
	EnableUser GetUserPoolInfo IsMemberInGroup ListBearerTokens ListGroupsForMember ListGroupsForUser ListMembersInGroup ListMfaDevicesForUser
	ListProvisioningTenants RemoveMemberFromGroup SearchGroups SearchUsers StartVirtualMfaDeviceRegistration StartWebAuthnDeviceRegistration
	UpdateGroup UpdateGroupDisplayName UpdateMfaDeviceForUser UpdatePassword UpdateUser UpdateUserName VerifyEmail`

// directoryInput are the members of all these operations.
type directoryInput struct {
	IdentityStoreId, UserId, DeviceId, DeviceName, PasswordMode, TenantId, TokenId *string
}

// What an operation needs of them.
const (
	needsUser = 1 << iota
	needsDevice
	needsTenant
	needsToken
)

// directoryCall decodes an operation that needs some members, and no resource.
func (s *Store) directoryCall(req *awsapi.Request, name string, needs int, run func(ctx context.Context, in *directoryInput, v *input) (any, error)) (awsapi.Call, error) {
	in, v, err := read(req, func(in *directoryInput, v *input) {
		v.storeID(in.IdentityStoreId)
		if needs&needsUser != 0 {
			v.id("userId", userARN, in.UserId)
		}
		if needs&needsDevice != 0 {
			v.id("deviceId", "", in.DeviceId)
		}
		if needs&needsTenant != 0 {
			v.id("tenantId", "", in.TenantId)
		}
		if needs&needsToken != 0 {
			v.id("tokenId", "", in.TokenId)
		}
	})
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, in: v, store: *in.IdentityStoreId, needs: []policy.Need{{Action: "sso-directory:" + name, Resource: "*"}},
		run: func(ctx context.Context) (any, error) { return run(ctx, in, v) }}, nil
}

// updatePassword decodes UpdatePassword: a password to hand on, or a link by mail.
func (s *Store) updatePassword(req *awsapi.Request) (awsapi.Call, error) {
	type response struct{ Password *string }
	return s.directoryCall(req, "UpdatePassword", needsUser, func(ctx context.Context, in *directoryInput, _ *input) (any, error) {
		mode := ""
		if in.PasswordMode != nil {
			mode = *in.PasswordMode
		}
		switch mode {
		case "OTP":
			password, err := s.NewOncePassword(ctx, *in.UserId)
			return &response{&password}, err
		case "EMAIL":
			return &response{}, s.mailLink(ctx, *in.UserId)
		}
		return nil, invalid("PasswordMode is OTP or EMAIL")
	})
}

// verifyEmail decodes VerifyEmail: the invitation is mailed once more.
func (s *Store) verifyEmail(req *awsapi.Request) (awsapi.Call, error) {
	return s.directoryCall(req, "VerifyEmail", needsUser, func(ctx context.Context, in *directoryInput, _ *input) (any, error) {
		return nil, s.mailLink(ctx, *in.UserId)
	})
}

// mailLink invites a user who has an address.
func (s *Store) mailLink(ctx context.Context, userID string) error {
	err := s.View(ctx, func(r kv.Reader) error {
		u, err := s.user(ctx, r, userID)
		if err == nil && u.email() == "" {
			err = invalid("The user has no email address")
		}
		return err
	})
	if err == nil {
		_, err = s.Invite(ctx, userID)
	}
	return err
}

// setUserStatus decodes EnableUser and DisableUser.
func (s *Store) setUserStatus(name string, disabled bool) func(*awsapi.Request) (awsapi.Call, error) {
	return func(req *awsapi.Request) (awsapi.Call, error) {
		return s.directoryCall(req, name, needsUser, func(ctx context.Context, in *directoryInput, v *input) (any, error) {
			return nil, s.Change(ctx, func(tx kv.Txn) error {
				u, err := s.user(ctx, tx, *in.UserId)
				if err != nil {
					return err
				}
				u.Disabled, u.UpdatedBy = disabled, v.by()
				return s.PutUser(ctx, tx, u)
			})
		})
	}
}

// listMFADevicesForUser decodes ListMfaDevicesForUser.
func (s *Store) listMFADevicesForUser(req *awsapi.Request) (awsapi.Call, error) {
	type device struct {
		DeviceId, DeviceName, MfaType string
		RegisteredDate                time.Time
	}
	type response struct{ MfaDevices []device }
	return s.directoryCall(req, "ListMfaDevicesForUser", needsUser, func(ctx context.Context, in *directoryInput, _ *input) (any, error) {
		out := &response{[]device{}}
		err := s.View(ctx, func(r kv.Reader) error {
			if _, err := s.user(ctx, r, *in.UserId); err != nil {
				return err
			}
			all, err := s.MFADevices(ctx, r, *in.UserId)
			for _, d := range all {
				out.MfaDevices = append(out.MfaDevices, device{d.ID, d.Name, "TOTP", d.Registered})
			}
			return err
		})
		return out, err
	})
}

// updateMFADeviceForUser decodes UpdateMfaDeviceForUser: another name.
func (s *Store) updateMFADeviceForUser(req *awsapi.Request) (awsapi.Call, error) {
	return s.directoryCall(req, "UpdateMfaDeviceForUser", needsUser|needsDevice, func(ctx context.Context, in *directoryInput, _ *input) (any, error) {
		if in.DeviceName == nil {
			return nil, required("DeviceName")
		}
		return nil, s.RenameMFA(ctx, *in.UserId, *in.DeviceId, *in.DeviceName)
	})
}

// deleteMFADeviceForUser decodes DeleteMfaDeviceForUser.
func (s *Store) deleteMFADeviceForUser(req *awsapi.Request) (awsapi.Call, error) {
	return s.directoryCall(req, "DeleteMfaDeviceForUser", needsUser|needsDevice, func(ctx context.Context, in *directoryInput, _ *input) (any, error) {
		return nil, s.DeleteMFA(ctx, *in.UserId, *in.DeviceId)
	})
}

type tenantShape struct {
	TenantId, ScimEndpoint, CreatedBy string
	CreationTime                      time.Time
}

// tenantShape is a tenant with the address that a directory elsewhere is given. Without a public one it is that of the request.
func (s *Store) tenantShape(req *awsapi.Request, t *Tenant) *tenantShape {
	origin := strings.TrimSuffix(s.opts.PublicURL, "/")
	if origin == "" {
		origin = "http://" + req.Host
	}
	return &tenantShape{TenantId: t.ID, ScimEndpoint: origin + "/scim/" + t.ID + "/v2/", CreatedBy: t.CreatedBy, CreationTime: t.Created}
}

// createProvisioningTenant decodes CreateProvisioningTenant: automatic provisioning is on from then on.
func (s *Store) createProvisioningTenant(req *awsapi.Request) (awsapi.Call, error) {
	return s.directoryCall(req, "CreateProvisioningTenant", 0, func(ctx context.Context, _ *directoryInput, v *input) (any, error) {
		var out *tenantShape
		err := s.Update(ctx, func(tx kv.Txn) error {
			t, err := s.CreateTenant(ctx, tx, v.by())
			if err == nil {
				out = s.tenantShape(req, t)
			}
			return err
		})
		return out, err
	})
}

// listProvisioningTenants decodes ListProvisioningTenants.
func (s *Store) listProvisioningTenants(req *awsapi.Request) (awsapi.Call, error) {
	type response struct{ ProvisioningTenants []tenantShape }
	return s.directoryCall(req, "ListProvisioningTenants", 0, func(ctx context.Context, _ *directoryInput, _ *input) (any, error) {
		out := &response{[]tenantShape{}}
		err := s.View(ctx, func(r kv.Reader) error {
			all, err := s.Tenants(ctx, r)
			for i := range all {
				out.ProvisioningTenants = append(out.ProvisioningTenants, *s.tenantShape(req, &all[i]))
			}
			return err
		})
		return out, err
	})
}

// deleteProvisioningTenant decodes DeleteProvisioningTenant.
func (s *Store) deleteProvisioningTenant(req *awsapi.Request) (awsapi.Call, error) {
	return s.directoryCall(req, "DeleteProvisioningTenant", needsTenant, func(ctx context.Context, in *directoryInput, _ *input) (any, error) {
		return nil, s.Update(ctx, func(tx kv.Txn) error { return s.DeleteTenant(ctx, tx, *in.TenantId) })
	})
}

type bearerShape struct {
	TokenId, TenantId, CreatedBy string
	// Token is only in the answer to the request that made it.
	Token                        string
	CreationTime, ExpirationTime time.Time
}

func showBearer(tenant, token string, b *BearerToken) *bearerShape {
	return &bearerShape{TokenId: b.ID, TenantId: tenant, CreatedBy: b.CreatedBy, Token: token, CreationTime: b.Created, ExpirationTime: b.Expires}
}

// createBearerToken decodes CreateBearerToken. Its answer is the only one that has the token.
func (s *Store) createBearerToken(req *awsapi.Request) (awsapi.Call, error) {
	type response struct{ BearerToken *bearerShape }
	return s.directoryCall(req, "CreateBearerToken", needsTenant, func(ctx context.Context, in *directoryInput, v *input) (any, error) {
		var out *bearerShape
		err := s.Update(ctx, func(tx kv.Txn) error {
			token, b, err := s.CreateBearerToken(ctx, tx, *in.TenantId, v.by())
			if err == nil {
				out = showBearer(*in.TenantId, token, b)
			}
			return err
		})
		return &response{out}, err
	})
}

// listBearerTokens decodes ListBearerTokens.
func (s *Store) listBearerTokens(req *awsapi.Request) (awsapi.Call, error) {
	type response struct{ BearerTokens []bearerShape }
	return s.directoryCall(req, "ListBearerTokens", needsTenant, func(ctx context.Context, in *directoryInput, _ *input) (any, error) {
		out := &response{[]bearerShape{}}
		err := s.View(ctx, func(r kv.Reader) error {
			all, err := s.BearerTokens(ctx, r, *in.TenantId)
			for i := range all {
				out.BearerTokens = append(out.BearerTokens, *showBearer(*in.TenantId, "", &all[i]))
			}
			return err
		})
		return out, err
	})
}

// deleteBearerToken decodes DeleteBearerToken.
func (s *Store) deleteBearerToken(req *awsapi.Request) (awsapi.Call, error) {
	return s.directoryCall(req, "DeleteBearerToken", needsTenant|needsToken, func(ctx context.Context, in *directoryInput, _ *input) (any, error) {
		return nil, s.Update(ctx, func(tx kv.Txn) error { return s.DeleteBearerToken(ctx, tx, *in.TenantId, *in.TokenId) })
	})
}
