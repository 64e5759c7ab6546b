package accessanalyzer

import (
	"strings"

	"github.com/statordb/stator/internal/policy"
)

func (c *checker) resources(s place) {
	at, ok := one(s, "Resource", "NotResource")
	switch {
	case ok && c.kind == policy.Trust:
		c.add(isError, "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", at, "Role trust policies do not support the element Resource or NotResource. Remove the element.")
		return
	case !ok && c.kind != policy.Trust:
		c.add(isError, "MISSING_RESOURCE", s, "Add a Resource or NotResource element to the policy statement.")
		return
	case !ok:
		return
	}
	if at.node.kind == array && len(at.node.elements) == 0 {
		c.add(isHint, "EMPTY_ARRAY_RESOURCE", at, "This statement includes no resources and does not affect the policy. Specify resources.")
		return
	}
	all := c.texts(at)
	for _, r := range all {
		c.resource(r)
	}
	c.redundant(at, all, "REDUNDANT_RESOURCE", "The %d resource ARN(s) are redundant because they reference the same resource. Review the use of wildcards (*) and remove the redundant resource such as: %s.",
		func(a, b string) bool { return a == b })
}

const arnFields = 6

func (c *checker) resource(at place) {
	arn := at.node.text
	if arn == "*" {
		return
	}
	c.variable(at)
	parts := strings.SplitN(arn, ":", arnFields)
	if parts[0] != "arn" {
		if !strings.ContainsAny(parts[0], "*?$") {
			c.add(isError, "INVALID_ARN_PREFIX", at, "Add the required prefix (arn) to the resource ARN.")
		}
		return
	}
	if len(parts) < arnFields {
		if !strings.HasSuffix(arn, "*") { // which stands for the other fields too
			c.add(isError, "MISSING_ARN_FIELD", at, "Resource ARNs must include at least 6 fields in the following structure: arn:partition:service:region:account:resource")
		}
		return
	}
	partition, service, region, account, resource := parts[1], parts[2], parts[3], parts[4], parts[5]
	wild := func(field string) bool { return strings.ContainsAny(field, "*?$") }
	if !wild(partition) && !policy.IsPartition(partition) {
		c.add(isError, "INVALID_PARTITION", at, "The resource ARN for the service "+service+" does not support the partition "+partition+". Use the supported values: aws, aws-cn, aws-us-gov")
	}
	if !wild(service) && service != strings.ToLower(service) {
		c.add(isError, "INVALID_ARN_SERVICE_CASE", at, "Update the service name "+service+" in the resource ARN to use all lowercase letters.")
	}
	if !wild(account) && account != "" && account != "aws" && (len(account) != 12 || strings.Trim(account, "0123456789") != "") {
		c.add(isError, "INVALID_ARN_ACCOUNT", at, "The resource ARN account ID "+account+" is not valid. Provide a 12-digit account ID.")
	}
	switch service {
	case "iam", "sts":
		if region != "" && !wild(region) {
			c.add(isError, "ARN_REGION_NOT_ALLOWED", at, "The service "+service+" does not support specifying a Region in the resource ARN.")
		}
	case "dynamodb":
		if region == "" {
			c.add(isError, "MISSING_ARN_REGION", at, "Add a Region to the "+service+" resource ARN.")
		}
	}
	if !wild(resource) && !validResource(service, resource) {
		c.add(isError, "INVALID_ARN_RESOURCE", at, "Resource ARN does not match the expected ARN format. Update the resource portion of the ARN.")
	}
	if c.resourceType == dynamoTable && service != "dynamodb" && !wild(service) {
		c.add(isError, "UNSUPPORTED_RESOURCE_ARN_IN_POLICY", at, "The resource ARN is not supported for the resource-based policy attached to resource type "+dynamoTable+".")
	}
}

// resourceKinds are how resources of a service begin that are known as a whole.
var resourceKinds = map[string][]string{
	"dynamodb": {"table/", "global-table/"},
	"iam": {"user/", "role/", "group/", "policy/", "instance-profile/", "mfa/", "sms-mfa/", "server-certificate/", "saml-provider/",
		"oidc-provider/", "federated-user/", "access-report/", "report/", "root", "assumed-role/", "delegation-request/"},
}

func validResource(service, resource string) bool {
	kinds, ok := resourceKinds[service]
	if !ok {
		return true
	}
	for _, k := range kinds {
		if name, ok := strings.CutPrefix(resource, k); ok && (name != "" || k == "root") {
			return true
		}
	}
	return false
}
