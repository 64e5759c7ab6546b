package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/internal/awsapi"
)

// getAccountSummary decodes GetAccountSummary.
func (s *Store) getAccountSummary(req *awsapi.Request) (awsapi.Call, error) {
	return s.read(req, "GetAccountSummary", anything, func(v *view) (any, error) {
		a, err := v.accountOf()
		if err != nil {
			return nil, err
		}
		m := map[string]int32{
			"UsersQuota": maxUsers, "GroupsQuota": maxGroups, "RolesQuota": maxRoles, "PoliciesQuota": maxPolicies,
			"InstanceProfilesQuota": maxProfiles, "GroupsPerUserQuota": maxGroupsOfUser, "AccessKeysPerUserQuota": maxAccessKeys,
			"AttachedPoliciesPerUserQuota": 10, "AttachedPoliciesPerGroupQuota": 10, "AttachedPoliciesPerRoleQuota": 10,
			"UserPolicySizeQuota": int32(maxInline(userKind)), "GroupPolicySizeQuota": int32(maxInline(groupKind)),
			"RolePolicySizeQuota": int32(maxInline(roleKind)), "AssumeRolePolicySizeQuota": maxTrustSize,
			"PolicySizeQuota": maxPolicySize, "VersionsPerPolicyQuota": maxVersions, "PolicyVersionsInUseQuota": 10000,
			"SigningCertificatesPerUserQuota": 2, "ServerCertificatesQuota": 20, "ServerCertificates": 0,
			"AccountAccessKeysPresent": 0, "AccountSigningCertificatesPresent": 0,
			"AccountPasswordPresent": 0, "Providers": 0,
			"GlobalEndpointTokenVersion": int32(max(1, a.TokenVersion)),
		}
		if a.Root != nil {
			m["AccountPasswordPresent"] = 1
		}
		for name, k := range map[string]kind{"Users": userKind, "Groups": groupKind, "Roles": roleKind, "Policies": policyKind, "InstanceProfiles": profileKind} {
			n, err := v.count("name", v.account, string(k))
			if err != nil {
				return nil, err
			}
			m[name] = int32(n)
		}
		for _, k := range []kind{oidcKind, samlKind} {
			n, err := v.count("name", v.account, string(k))
			if err != nil {
				return nil, err
			}
			m["Providers"] += int32(n)
		}
		for name, of := range map[string][]string{"MFADevices": {"name", v.account, string(mfaKind)}, "MFADevicesInUse": {"device", v.account}, "AccountMFAEnabled": {"device", v.account, v.account}} {
			n, err := v.count(of...)
			if err != nil {
				return nil, err
			}
			m[name] = int32(n)
		}
		m["AccountMFAEnabled"] = min(1, m["AccountMFAEnabled"])
		versions := 0
		err = each(v, policyKind, "", func(p *policyRecord) (bool, error) {
			versions += len(p.Versions)
			return true, nil
		})
		m["PolicyVersionsInUse"] = int32(versions)
		return &iam.GetAccountSummaryOutput{SummaryMap: m}, err
	})
}
