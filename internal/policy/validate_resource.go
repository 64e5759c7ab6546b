package policy

import (
	"slices"
	"strings"
)

// validateResource checks a Resource or NotResource of an identity-based policy.
func validateResource(r string) error {
	if r == "*" {
		return nil
	}
	_, rest, ok := strings.Cut(r, ":")
	if !ok {
		return malformed(`Resource %s must be in ARN format or "*".`, r)
	}
	partition, rest, hasService := strings.Cut(rest, ":")
	if !isPartition(partition) {
		return malformed(`Partition "%s" is not valid for resource "arn:%s:%s".`, partition, partition, completed(rest))
	}
	service, rest, _ := strings.Cut(rest, ":")
	if !hasService || strings.ContainsAny(service, "*?") {
		return malformed("Resource vendor must be fully qualified and cannot contain regexes.")
	}
	region, rest, _ := strings.Cut(rest, ":")
	_, resource, _ := strings.Cut(rest, ":")
	switch service {
	case "iam":
		if region != "" {
			return malformed("IAM resource %s cannot contain region information.", r)
		}
		return validateIAMPath(resource)
	case "s3":
		if region != "" {
			return malformed("Resource %s can not contain region information.", r)
		}
	}
	return nil
}

// completed is how AWS shows what follows the partition, with wildcards for the fields that are not there.
func completed(rest string) string {
	fields := strings.SplitN(rest, ":", 4)
	if rest == "" {
		fields = nil
	}
	for len(fields) < 4 {
		fields = append(fields, "*")
	}
	return strings.Join(fields, ":")
}

func isPartition(s string) bool {
	switch s {
	case "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc", "*":
		return true
	}
	return false
}

func validateIAMPath(resource string) error {
	starts := []string{
		"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/",
		"sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
	}
	begins := func(start string) bool { return strings.HasPrefix(resource, start) }
	if resource == "*" || slices.ContainsFunc(starts, begins) {
		return nil
	}
	return malformed(`IAM resource path must either be "*" or start with %s.`, strings.Join(starts, ", "))
}

// failsLegacyParsing says whether a resource without another mistake is one that AWS's older parser refuses.
func failsLegacyParsing(r string) bool {
	if r == "*" {
		return false
	}
	if strings.Count(r, ":") < arnFields-1 && strings.Contains(r, "::") {
		return true
	}
	parts := strings.SplitN(r, ":", arnFields)
	return len(parts) > 2 && parts[2] == ""
}

// hasEarlyVariable says whether there is a variable before the last field of an ARN, the only place for it.
func hasEarlyVariable(r string) bool {
	before, _, ok := strings.Cut(r, "${")
	return ok && strings.Count(before, ":") < arnFields-1
}
