package center

import (
	"strings"

	"github.com/statordb/stator/internal/awsapi"
)

// Operations returns every operation of the API, in alphabetical order. One without Decode is not there yet.
func (s *Store) Operations() []awsapi.Operation {
	there := map[string]func(*awsapi.Request) (awsapi.Call, error){
		"AttachCustomerManagedPolicyReferenceToPermissionSet":   s.attachCustomerManagedPolicyReferenceToPermissionSet,
		"AttachManagedPolicyToPermissionSet":                    s.attachManagedPolicyToPermissionSet,
		"CreateAccountAssignment":                               s.createAccountAssignment,
		"CreateInstance":                                        s.createInstance,
		"CreateInstanceAccessControlAttributeConfiguration":     s.createInstanceAccessControlAttributeConfiguration,
		"CreatePermissionSet":                                   s.createPermissionSet,
		"DeleteAccountAssignment":                               s.deleteAccountAssignment,
		"DeleteInlinePolicyFromPermissionSet":                   s.deleteInlinePolicyFromPermissionSet,
		"DeleteInstance":                                        s.deleteInstance,
		"DeleteInstanceAccessControlAttributeConfiguration":     s.deleteInstanceAccessControlAttributeConfiguration,
		"DeletePermissionSet":                                   s.deletePermissionSet,
		"DeletePermissionsBoundaryFromPermissionSet":            s.deletePermissionsBoundaryFromPermissionSet,
		"DescribeAccountAssignmentCreationStatus":               s.describeAccountAssignmentCreationStatus,
		"DescribeAccountAssignmentDeletionStatus":               s.describeAccountAssignmentDeletionStatus,
		"DescribeInstance":                                      s.describeInstance,
		"DescribeInstanceAccessControlAttributeConfiguration":   s.describeInstanceAccessControlAttributeConfiguration,
		"DescribePermissionSet":                                 s.describePermissionSet,
		"DescribePermissionSetProvisioningStatus":               s.describePermissionSetProvisioningStatus,
		"DetachCustomerManagedPolicyReferenceFromPermissionSet": s.detachCustomerManagedPolicyReferenceFromPermissionSet,
		"DetachManagedPolicyFromPermissionSet":                  s.detachManagedPolicyFromPermissionSet,
		"GetInlinePolicyForPermissionSet":                       s.getInlinePolicyForPermissionSet,
		"GetPermissionsBoundaryForPermissionSet":                s.getPermissionsBoundaryForPermissionSet,
		"ListAccountAssignmentCreationStatus":                   s.listAccountAssignmentCreationStatus,
		"ListAccountAssignmentDeletionStatus":                   s.listAccountAssignmentDeletionStatus,
		"ListAccountAssignments":                                s.listAccountAssignments,
		"ListAccountAssignmentsForPrincipal":                    s.listAccountAssignmentsForPrincipal,
		"ListAccountsForProvisionedPermissionSet":               s.listAccountsForProvisionedPermissionSet,
		"ListCustomerManagedPolicyReferencesInPermissionSet":    s.listCustomerManagedPolicyReferencesInPermissionSet,
		"ListInstances":                                         s.listInstances,
		"ListManagedPoliciesInPermissionSet":                    s.listManagedPoliciesInPermissionSet,
		"ListPermissionSetProvisioningStatus":                   s.listPermissionSetProvisioningStatus,
		"ListPermissionSets":                                    s.listPermissionSets,
		"ListPermissionSetsProvisionedToAccount":                s.listPermissionSetsProvisionedToAccount,
		"ListTagsForResource":                                   s.listTagsForResource,
		"ProvisionPermissionSet":                                s.provisionPermissionSet,
		"PutInlinePolicyToPermissionSet":                        s.putInlinePolicyToPermissionSet,
		"PutPermissionsBoundaryToPermissionSet":                 s.putPermissionsBoundaryToPermissionSet,
		"TagResource":                                           s.tagResource,
		"UntagResource":                                         s.untagResource,
		"UpdateInstance":                                        s.updateInstance,
		"UpdateInstanceAccessControlAttributeConfiguration":     s.updateInstanceAccessControlAttributeConfiguration,
		"UpdatePermissionSet":                                   s.updatePermissionSet,
	}
	var all []awsapi.Operation
	for _, name := range strings.Fields(operations) {
		all = append(all, awsapi.Operation{Service: "sso", Name: name, Decode: there[name]})
	}
	return all
}

const operations = `AddRegion AttachCustomerManagedPolicyReferenceToPermissionSet AttachManagedPolicyToPermissionSet
	CreateAccountAssignment CreateApplication CreateApplicationAssignment CreateInstance
	CreateInstanceAccessControlAttributeConfiguration CreatePermissionSet CreateTrustedTokenIssuer DeleteAccountAssignment
	DeleteApplication DeleteApplicationAccessScope DeleteApplicationAssignment DeleteApplicationAuthenticationMethod
	DeleteApplicationGrant DeleteInlinePolicyFromPermissionSet DeleteInstance
	DeleteInstanceAccessControlAttributeConfiguration DeletePermissionSet DeletePermissionsBoundaryFromPermissionSet
	DeleteTrustedTokenIssuer DescribeAccountAssignmentCreationStatus DescribeAccountAssignmentDeletionStatus
	DescribeApplication DescribeApplicationAssignment DescribeApplicationProvider DescribeInstance
	DescribeInstanceAccessControlAttributeConfiguration DescribePermissionSet DescribePermissionSetProvisioningStatus
	DescribeRegion DescribeTrustedTokenIssuer DetachCustomerManagedPolicyReferenceFromPermissionSet
	DetachManagedPolicyFromPermissionSet GetApplicationAccessScope GetApplicationAssignmentConfiguration
	GetApplicationAuthenticationMethod GetApplicationGrant GetApplicationSessionConfiguration GetInlinePolicyForPermissionSet
	GetPermissionsBoundaryForPermissionSet ListAccountAssignmentCreationStatus ListAccountAssignmentDeletionStatus
	ListAccountAssignments ListAccountAssignmentsForPrincipal ListAccountsForProvisionedPermissionSet
	ListApplicationAccessScopes ListApplicationAssignments ListApplicationAssignmentsForPrincipal
	ListApplicationAuthenticationMethods ListApplicationGrants ListApplicationProviders ListApplications
	ListCustomerManagedPolicyReferencesInPermissionSet ListInstances ListManagedPoliciesInPermissionSet
	ListPermissionSetProvisioningStatus ListPermissionSets ListPermissionSetsProvisionedToAccount ListRegions
	ListTagsForResource ListTrustedTokenIssuers ProvisionPermissionSet PutApplicationAccessScope
	PutApplicationAssignmentConfiguration PutApplicationAuthenticationMethod PutApplicationGrant
	PutApplicationSessionConfiguration PutInlinePolicyToPermissionSet PutPermissionsBoundaryToPermissionSet RemoveRegion
	TagResource UntagResource UpdateApplication UpdateInstance UpdateInstanceAccessControlAttributeConfiguration
	UpdatePermissionSet UpdateTrustedTokenIssuer`
