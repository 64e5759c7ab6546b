package identity

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/statordb/stator/internal/awsapi"
)

// decode reads the input of an operation and checks the constraints that AWS's model puts on its members. Required
// are the fields that have to be there. IAM gives a member of one name nearly always the same constraints, so that
// they are in one table, by name.
func decode[In any](req *awsapi.Request, required ...string) (*In, error) {
	in := new(In)
	if err := awsapi.DecodeQuery(req.Form, in); err != nil {
		return nil, err
	}
	var v awsapi.Violations
	s := reflect.ValueOf(in).Elem()
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		at := memberPath(f.Name)
		if slices.Contains(required, f.Name) {
			v.Required(at, !s.Field(i).IsZero())
		}
		c, ok := constraints[s.Type().Name()+"."+f.Name]
		if !ok {
			c, ok = constraints[f.Name]
		}
		if ok {
			c.check(&v, at, s.Field(i))
		}
		switch tags := s.Field(i).Interface().(type) {
		case []types.Tag:
			checkTags(&v, at, tags)
		case []ststypes.Tag:
			checkTags(&v, at, ofIAM(tags))
		}
	}
	return in, v.Err(awsapi.ValidationError)
}

// ofIAM are the tags of STS as those of IAM.
func ofIAM(tags []ststypes.Tag) (same []types.Tag) {
	for _, t := range tags {
		same = append(same, types.Tag{Key: t.Key, Value: t.Value})
	}
	return same
}

// memberPath is the path of a member in the messages: userName, openIDConnectProviderArn, sAMLProviderArn.
func memberPath(field string) string { return strings.ToLower(field[:1]) + field[1:] }

// constraint is what a member has to be: a text with a length and a pattern, a number, or one of a set. The zero
// values of its fields ask for nothing.
type constraint struct {
	low, high int
	pattern   string
	enum      []string
	secret    bool
}

func (c constraint) check(v *awsapi.Violations, at string, field reflect.Value) {
	high := c.high
	if high == 0 {
		high = math.MaxInt32
	}
	v.HideValues = c.secret
	defer func() { v.HideValues = false }()
	switch x := field.Interface().(type) {
	case *string:
		c.checkText(v, at, x, high)
	case *int32:
		v.AtLeast(at, awsapi.Wide(x), int64(c.low))
		v.AtMost(at, awsapi.Wide(x), int64(high))
	case []string:
		for i := range x {
			c.checkText(v, at+"."+strconv.Itoa(i+1)+".member", &x[i], high)
		}
	default:
		if field.Kind() == reflect.String && field.Len() > 0 {
			text := field.String()
			v.Enum(at, &text, c.enum)
		}
	}
}

func (c constraint) checkText(v *awsapi.Violations, at string, text *string, high int) {
	v.Length(at, text, c.low, high)
	if c.pattern != "" {
		v.Pattern(at, text, patterns[c.pattern])
	}
}

// The patterns of AWS's model.
const (
	namePattern       = `[\w+=,.@-]+`
	pathPattern       = `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`
	policyPathPattern = `((/[A-Za-z0-9\.,\+@=_-]+)*)/`
	prefixPattern     = `\u002F[\u0021-\u007F]*`
	documentPattern   = `[\u0009\u000A\u000D\u0020-\u00FF]+`
	descPattern       = `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`
	markerPattern     = `[\u0020-\u00FF]+`
	wordPattern       = `[\w]+`
	digitsPattern     = `[\d]+`
	aliasPattern      = `^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`
	versionPattern    = `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?`
	serialPattern     = `[\w+=/:,.@-]+`
	samlNamePattern   = `[\w._-]+`
	servicePattern    = `[\w-]*`
	tagKeyPattern     = `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`
	plainPattern      = `[\w+=,.@-]*`
	externalPattern   = `[\w+=,.@:\/-]*`
	devicePattern     = `[\w+=/:,.@-]*`
	codePattern       = `[\d]*`
	keyIDPattern      = `[\w]*`
	tagValuePattern   = `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`
)

var patterns = compilePatterns(namePattern, pathPattern, policyPathPattern, prefixPattern, documentPattern, descPattern,
	markerPattern, wordPattern, digitsPattern, versionPattern, serialPattern, samlNamePattern, servicePattern, tagKeyPattern,
	plainPattern, externalPattern, devicePattern, codePattern, keyIDPattern, tagValuePattern)

func compilePatterns(texts ...string) map[string]awsapi.Pattern {
	all := map[string]awsapi.Pattern{aliasPattern: {Text: aliasPattern, Match: isAlias}}
	for _, text := range texts {
		all[text] = awsapi.Regexp(text)
	}
	return all
}

// isAlias is aliasPattern, which has a look-ahead: no two hyphens in a row, none at the ends.
func isAlias(s string) bool {
	for i := range len(s) {
		if c := s[i]; !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return len(s) >= 3 && len(s) <= 63 && !strings.Contains(s, "--") && s[0] != '-' && s[len(s)-1] != '-'
}

var (
	arnConstraint  = constraint{low: 20, high: 2048}
	userConstraint = constraint{low: 1, high: 64, pattern: namePattern}
	path           = constraint{low: 1, high: 512, pattern: pathPattern}
	policyPath     = constraint{low: 1, high: 512, pattern: policyPathPattern}
	document       = constraint{low: 1, high: 131072, pattern: documentPattern}
	password       = constraint{low: 1, high: 128, pattern: documentPattern, secret: true}
)

// constraints are by field, or by input type and field where one differs from all others.
var constraints = map[string]constraint{
	"AccessKeyId":                   {low: 16, high: 128, pattern: wordPattern},
	"AccountAlias":                  {low: 3, high: 63, pattern: aliasPattern},
	"Arn":                           arnConstraint,
	"AssertionEncryptionMode":       {enum: []string{"Required", "Allowed"}},
	"AssignmentStatus":              {enum: []string{"Assigned", "Unassigned", "Any"}},
	"AssumeRolePolicyDocument":      document,
	"AuthenticationCode1":           {low: 6, high: 6, pattern: digitsPattern},
	"AuthenticationCode2":           {low: 6, high: 6, pattern: digitsPattern},
	"CallerArn":                     {low: 1, high: 2048},
	"ClientID":                      {low: 1, high: 255},
	"ClientIDList":                  {low: 1, high: 255},
	"Description":                   {high: 1000, pattern: descPattern},
	"CreatePolicyInput.Description": {high: 1000},
	"EntityFilter":                  {enum: []string{"User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"}},
	"GlobalEndpointTokenVersion":    {enum: []string{"v1Token", "v2Token"}},
	"Granularity":                   {enum: []string{"SERVICE_LEVEL", "ACTION_LEVEL"}},
	"GroupName":                     {low: 1, high: 128, pattern: namePattern},
	"InstanceProfileName":           {low: 1, high: 128, pattern: namePattern},
	"JobId":                         {low: 36, high: 36},
	"Marker":                        {low: 1, high: 320, pattern: markerPattern},
	"MaxItems":                      {low: 1, high: 1000},
	"MaxPasswordAge":                {low: 1, high: 1095},
	"MaxSessionDuration":            {low: 3600, high: 43200},
	"MinimumPasswordLength":         {low: 6, high: 128},
	"Name":                          {low: 1, high: 128, pattern: samlNamePattern},
	"NewGroupName":                  {low: 1, high: 128, pattern: namePattern},
	"NewPassword":                   password,
	"NewPath":                       path,
	"NewUserName":                   userConstraint,
	"OldPassword":                   password,
	"OpenIDConnectProviderArn":      arnConstraint,
	"Password":                      password,
	"PasswordReusePrevention":       {low: 1, high: 24},
	"Path":                          path,
	"CreatePolicyInput.Path":        policyPath,
	"PathPrefix":                    {low: 1, high: 512, pattern: prefixPattern},
	"ListAttachedGroupPoliciesInput.PathPrefix":   policyPath,
	"ListAttachedRolePoliciesInput.PathPrefix":    policyPath,
	"ListAttachedUserPoliciesInput.PathPrefix":    policyPath,
	"ListPoliciesInput.PathPrefix":                policyPath,
	"ListEntitiesForPolicyInput.PathPrefix":       path,
	"PermissionsBoundary":                         arnConstraint,
	"PermissionsBoundaryPolicyInputList":          document,
	"PolicyArn":                                   arnConstraint,
	"PolicyDocument":                              document,
	"PolicyInputList":                             document,
	"PolicyName":                                  {low: 1, high: 128, pattern: namePattern},
	"PolicySourceArn":                             arnConstraint,
	"PolicyUsageFilter":                           {enum: []string{"PermissionsPolicy", "PermissionsBoundary"}},
	"ResourceHandlingOption":                      {low: 1, high: 64},
	"ResourceOwner":                               {low: 1, high: 2048},
	"ResourceArns":                                {low: 1, high: 2048},
	"ActionNames":                                 {low: 3, high: 128},
	"ResourcePolicy":                              document,
	"ServiceNamespace":                            {low: 1, high: 64, pattern: servicePattern},
	"ServiceNamespaces":                           {low: 1, high: 64, pattern: servicePattern},
	"RoleName":                                    {low: 1, high: 64, pattern: namePattern},
	"SAMLMetadataDocument":                        {high: maxMetadata},
	"SAMLProviderArn":                             arnConstraint,
	"Scope":                                       {enum: []string{"All", "AWS", "Local"}},
	"SerialNumber":                                {low: 9, high: 256, pattern: serialPattern},
	"Status":                                      {enum: []string{"Active", "Inactive", "Expired"}},
	"TagKeys":                                     {low: 1, high: 128, pattern: tagKeyPattern},
	"Url":                                         {low: 1, high: 255},
	"UserName":                                    {low: 1, high: 128, pattern: namePattern},
	"CreateUserInput.UserName":                    userConstraint,
	"AttachUserPolicyInput.UserName":              userConstraint,
	"DetachUserPolicyInput.UserName":              userConstraint,
	"CreateLoginProfileInput.UserName":            userConstraint,
	"DeleteLoginProfileInput.UserName":            userConstraint,
	"GetLoginProfileInput.UserName":               userConstraint,
	"UpdateLoginProfileInput.UserName":            userConstraint,
	"ListAttachedUserPoliciesInput.UserName":      userConstraint,
	"PutUserPermissionsBoundaryInput.UserName":    userConstraint,
	"DeleteUserPermissionsBoundaryInput.UserName": userConstraint,
	"GetMFADeviceInput.UserName":                  userConstraint,
	"VersionId":                                   {pattern: versionPattern},
	"VirtualMFADeviceName":                        {low: 1, pattern: namePattern},

	"RoleArn":                         arnConstraint,
	"MinimumSessionTokenSize":         {high: fullToken},
	"RoleSessionName":                 {low: 2, high: 64, pattern: plainPattern},
	"SourceIdentity":                  {low: 2, high: 64, pattern: plainPattern},
	"ExternalId":                      {low: 2, high: 1224, pattern: externalPattern},
	"Policy":                          {low: 1, pattern: documentPattern},
	"TokenCode":                       {low: 6, high: 6, pattern: codePattern},
	"TransitiveTagKeys":               {low: 1, high: 128, pattern: tagKeyPattern},
	"PrincipalArn":                    arnConstraint,
	"ProviderId":                      {low: 4, high: 2048},
	"SAMLAssertion":                   {low: 4, high: 100_000, secret: true},
	"WebIdentityToken":                {low: 4, high: 20_000, secret: true},
	"EncodedMessage":                  {low: 1, high: 10_240},
	"AssumeRoleInput.DurationSeconds": {low: 900, high: 43_200},
	"AssumeRoleInput.SerialNumber":    {low: 9, high: 256, pattern: devicePattern},
	"AssumeRoleWithSAMLInput.DurationSeconds":        {low: 900, high: 43_200},
	"AssumeRoleWithWebIdentityInput.DurationSeconds": {low: 900, high: 43_200},
	"GetFederationTokenInput.DurationSeconds":        {low: 900, high: 129_600},
	"GetFederationTokenInput.Policy":                 {low: 1, high: maxSessionPolicy, pattern: documentPattern},
	"AssumeRoleWithSAMLInput.Policy":                 {low: 1, high: maxSessionPolicy, pattern: documentPattern},
	"AssumeRoleWithWebIdentityInput.Policy":          {low: 1, high: maxSessionPolicy, pattern: documentPattern},
	"GetFederationTokenInput.Name":                   {low: 2, high: 32, pattern: plainPattern},
	"GetSessionTokenInput.DurationSeconds":           {low: 900, high: 129_600},
	"GetSessionTokenInput.SerialNumber":              {low: 9, high: 256, pattern: devicePattern},
	"GetAccessKeyInfoInput.AccessKeyId":              {low: 16, high: 128, pattern: keyIDPattern},
}

const maxTags = 50

func checkTags(v *awsapi.Violations, at string, tags []types.Tag) {
	v.Count(at, "[]", len(tags), 0, maxTags)
	for i, t := range tags {
		in := at + "." + strconv.Itoa(i+1) + ".member."
		v.Required(in+"key", t.Key != nil)
		v.Required(in+"value", t.Value != nil)
		constraint{low: 1, high: 128, pattern: tagKeyPattern}.checkText(v, in+"key", t.Key, 128)
		constraint{high: 256, pattern: tagValuePattern}.checkText(v, in+"value", t.Value, 256)
	}
}

// whole is a time as IAM has it: in whole seconds.
func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
