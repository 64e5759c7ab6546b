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
		"CreateApplication":                                     s.createApplication,
		"CreateApplicationAssignment":                           s.createApplicationAssignment,
		"CreateInstance":                                        s.createInstance,
		"CreateInstanceAccessControlAttributeConfiguration":     s.createInstanceAccessControlAttributeConfiguration,
		"CreatePermissionSet":                                   s.createPermissionSet,
		"CreateTrustedTokenIssuer":                              s.createTrustedTokenIssuer,
		"DeleteAccountAssignment":                               s.deleteAccountAssignment,
		"DeleteApplication":                                     s.deleteApplication,
		"DeleteApplicationAccessScope":                          s.deleteApplicationAccessScope,
		"DeleteApplicationAssignment":                           s.deleteApplicationAssignment,
		"DeleteApplicationAuthenticationMethod":                 s.deleteApplicationAuthenticationMethod,
		"DeleteApplicationGrant":                                s.deleteApplicationGrant,
		"DeleteInlinePolicyFromPermissionSet":                   s.deleteInlinePolicyFromPermissionSet,
		"DeleteInstance":                                        s.deleteInstance,
		"DeleteInstanceAccessControlAttributeConfiguration":     s.deleteInstanceAccessControlAttributeConfiguration,
		"DeletePermissionSet":                                   s.deletePermissionSet,
		"DeletePermissionsBoundaryFromPermissionSet":            s.deletePermissionsBoundaryFromPermissionSet,
		"DeleteTrustedTokenIssuer":                              s.deleteTrustedTokenIssuer,
		"DescribeAccountAssignmentCreationStatus":               s.describeAccountAssignmentCreationStatus,
		"DescribeAccountAssignmentDeletionStatus":               s.describeAccountAssignmentDeletionStatus,
		"DescribeApplication":                                   s.describeApplication,
		"DescribeApplicationAssignment":                         s.describeApplicationAssignment,
		"DescribeApplicationProvider":                           s.describeApplicationProvider,
		"DescribeInstance":                                      s.describeInstance,
		"DescribeInstanceAccessControlAttributeConfiguration":   s.describeInstanceAccessControlAttributeConfiguration,
		"DescribePermissionSet":                                 s.describePermissionSet,
		"DescribePermissionSetProvisioningStatus":               s.describePermissionSetProvisioningStatus,
		"DescribeTrustedTokenIssuer":                            s.describeTrustedTokenIssuer,
		"DetachCustomerManagedPolicyReferenceFromPermissionSet": s.detachCustomerManagedPolicyReferenceFromPermissionSet,
		"DetachManagedPolicyFromPermissionSet":                  s.detachManagedPolicyFromPermissionSet,
		"GetApplicationAccessScope":                             s.getApplicationAccessScope,
		"GetApplicationAssignmentConfiguration":                 s.getApplicationAssignmentConfiguration,
		"GetApplicationAuthenticationMethod":                    s.getApplicationAuthenticationMethod,
		"GetApplicationGrant":                                   s.getApplicationGrant,
		"GetApplicationSessionConfiguration":                    s.getApplicationSessionConfiguration,
		"GetInlinePolicyForPermissionSet":                       s.getInlinePolicyForPermissionSet,
		"GetPermissionsBoundaryForPermissionSet":                s.getPermissionsBoundaryForPermissionSet,
		"ListAccountAssignmentCreationStatus":                   s.listAccountAssignmentCreationStatus,
		"ListAccountAssignmentDeletionStatus":                   s.listAccountAssignmentDeletionStatus,
		"ListAccountAssignments":                                s.listAccountAssignments,
		"ListAccountAssignmentsForPrincipal":                    s.listAccountAssignmentsForPrincipal,
		"ListAccountsForProvisionedPermissionSet":               s.listAccountsForProvisionedPermissionSet,
		"ListApplicationAccessScopes":                           s.listApplicationAccessScopes,
		"ListApplicationAssignments":                            s.listApplicationAssignments,
		"ListApplicationAssignmentsForPrincipal":                s.listApplicationAssignmentsForPrincipal,
		"ListApplicationAuthenticationMethods":                  s.listApplicationAuthenticationMethods,
		"ListApplicationGrants":                                 s.listApplicationGrants,
		"ListApplicationProviders":                              s.listApplicationProviders,
		"ListApplications":                                      s.listApplications,
		"ListCustomerManagedPolicyReferencesInPermissionSet":    s.listCustomerManagedPolicyReferencesInPermissionSet,
		"ListInstances":                                         s.listInstances,
		"ListManagedPoliciesInPermissionSet":                    s.listManagedPoliciesInPermissionSet,
		"ListPermissionSetProvisioningStatus":                   s.listPermissionSetProvisioningStatus,
		"ListPermissionSets":                                    s.listPermissionSets,
		"ListPermissionSetsProvisionedToAccount":                s.listPermissionSetsProvisionedToAccount,
		"ListTagsForResource":                                   s.listTagsForResource,
		"ListTrustedTokenIssuers":                               s.listTrustedTokenIssuers,
		"ProvisionPermissionSet":                                s.provisionPermissionSet,
		"PutApplicationAccessScope":                             s.putApplicationAccessScope,
		"PutApplicationAssignmentConfiguration":                 s.putApplicationAssignmentConfiguration,
		"PutApplicationAuthenticationMethod":                    s.putApplicationAuthenticationMethod,
		"PutApplicationGrant":                                   s.putApplicationGrant,
		"PutApplicationSessionConfiguration":                    s.putApplicationSessionConfiguration,
		"PutInlinePolicyToPermissionSet":                        s.putInlinePolicyToPermissionSet,
		"PutPermissionsBoundaryToPermissionSet":                 s.putPermissionsBoundaryToPermissionSet,
		"TagResource":                                           s.tagResource,
		"UntagResource":                                         s.untagResource,
		"UpdateApplication":                                     s.updateApplication,
		"UpdateInstance":                                        s.updateInstance,
		"UpdateInstanceAccessControlAttributeConfiguration":     s.updateInstanceAccessControlAttributeConfiguration,
		"UpdatePermissionSet":                                   s.updatePermissionSet,
		"UpdateTrustedTokenIssuer":                              s.updateTrustedTokenIssuer,
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
