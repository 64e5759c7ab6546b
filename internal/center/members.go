package center

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
)

// constraint is what AWS's model asks of a member: a text of a length and a pattern, a list of a length, a number in bounds, or one
// of a set. Zero values ask for nothing.
type constraint struct {
	low, high int
	pattern   awsapi.Pattern
	enum      []string
	// each is of the elements of a list of texts.
	each *constraint
}

// durationForm is the pattern of durations; what has to follow a P or a T can't be said in it.
var durationForm = regexp.MustCompile(`^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

var durationPattern = awsapi.Pattern{
	Text:  `(-?)P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?`,
	Match: durationForm.MatchString,
}

const (
	applicationForm = `arn:aws(-[a-z]{1,5}){0,3}:sso::\d{12}:application/(sso)?ins-[a-zA-Z0-9-.]{16}/apl-[a-zA-Z0-9]{16}`
	issuerForm      = `arn:aws(-[a-z]{1,5}){0,3}:sso::\d{12}:trustedTokenIssuer/(sso)?ins-[a-zA-Z0-9-.]{16}/tti-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}`
	uuidForm        = `\b[0-9a-f]{8}\b-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-\b[0-9a-f]{12}\b`
	tagForm         = `([\p{L}\p{Z}\p{N}_.:/=+\-@]*)`
)

func text(low, high int, pattern string) constraint {
	return constraint{low: low, high: high, pattern: awsapi.Regexp(pattern)}
}

func oneOf(values ...string) constraint { return constraint{enum: values} }

// listOf is a list of so many texts.
func listOf(low, high int, each constraint) constraint {
	return constraint{low: low, high: high, each: &each}
}

func length(low, high int) constraint { return constraint{low: low, high: high} }

// constraints are those of the members of a name, wherever it is not another's: type.name.
var constraints = map[string]constraint{
	"AccountAssignmentCreationRequestId":          text(36, 36, uuidForm),
	"AccountAssignmentDeletionRequestId":          text(36, 36, uuidForm),
	"AccountId":                                   text(12, 12, `\d{12}`),
	"AccessControlAttributes":                     length(0, 50),
	"AccessControlAttribute.Key":                  text(1, 128, `[\p{L}\p{Z}\p{N}_.:\/=+\-@]+`),
	"ApplicationAccount":                          text(12, 12, `\d{12}`),
	"ApplicationArn":                              text(10, 1224, applicationForm),
	"ApplicationProvider":                         text(10, 1224, `arn:aws(-[a-z]{1,5}){0,3}:sso::aws:applicationProvider/[a-zA-Z0-9-/]+`),
	"ApplicationProviderArn":                      text(10, 1224, `arn:aws(-[a-z]{1,5}){0,3}:sso::aws:applicationProvider/[a-zA-Z0-9-/]+`),
	"ApplicationUrl":                              text(1, 512, `http(s)?:\/\/[-a-zA-Z0-9+&@#\/%?=~_|!:,.;]*[-a-zA-Z0-9+&bb@#\/%?=~_|]`),
	"AuthenticationMethodType":                    oneOf("IAM"),
	"AuthorizedAudiences":                         listOf(1, 10, length(1, 512)),
	"AuthorizedTargets":                           listOf(1, 10, text(1, 100, `arn:aws(-[a-z]{1,5}){0,3}:sso::(\d{12}:application/(sso)?ins-[a-zA-Z0-9-.]{16}/apl-[a-zA-Z0-9]{16}|:instance/(sso)?ins-[a-zA-Z0-9-.]{16})`)),
	"AuthorizedTokenIssuers":                      length(1, 10),
	"ClaimAttributePath":                          text(1, 255, `\p{L}+(?:(\.|\_)\p{L}+){0,2}`),
	"ClientToken":                                 text(1, 64, `[!-~]+`),
	"CreateApplicationInput.Name":                 text(1, 100, `[\S\s]*`),
	"UpdateApplicationInput.Name":                 text(1, 100, `[\S\s]*`),
	"CreateApplicationInput.Description":          length(1, 128),
	"UpdateApplicationInput.Description":          length(1, 128),
	"CreateInstanceInput.Name":                    text(0, 255, `[\w+=,.@-]+`),
	"UpdateInstanceInput.Name":                    text(0, 255, `[\w+=,.@-]+`),
	"CreatePermissionSetInput.Name":               text(1, 32, `[\w+=,.@-]+`),
	"CustomerManagedPolicyReference.Name":         text(1, 128, `[\w+=,.@-]+`),
	"CustomerManagedPolicyReference.Path":         text(1, 512, `((/[A-Za-z0-9\.,\+@=_-]+)*)/`),
	"NoMfaSignInBehavior":                         oneOf(string(LetIn), string(Register), string(KeepOut)),
	"SessionDurationMinutes":                      {low: minPortal, high: maxPortal},
	"Description":                                 text(1, 700, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`),
	"GrantType":                                   oneOf("authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange"),
	"IdentityStoreAttributePath":                  text(1, 255, `\p{L}+(?:\.\p{L}+){0,2}`),
	"InlinePolicy":                                text(1, 32768, `[\u0009\u000A\u000D\u0020-\u00FF]+`),
	"InstanceArn":                                 text(10, 1224, `arn:aws(-[a-z]{1,5}){0,3}:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}`),
	"IssuerUrl":                                   text(1, 512, `https?:\/\/[-a-zA-Z0-9+&@\/%=~_|!:,.;]*[-a-zA-Z0-9+&@\/%=~_|]`),
	"JwksRetrievalOption":                         oneOf("OPEN_ID_DISCOVERY"),
	"Key":                                         text(1, 128, tagForm),
	"ManagedPolicyArn":                            text(20, 2048, `arn:aws(-[a-z]{1,5}){0,3}:iam::aws:policy((/[A-Za-z0-9\.,\+@=_-]+)*)/([A-Za-z0-9\.,\+=@_-]+)`),
	"MaxResults":                                  length(1, 100),
	"ListApplicationAccessScopesInput.MaxResults": length(1, 10),
	"NextToken":                                   text(0, 2048, `[-a-zA-Z0-9+=/_]*`),
	"Origin":                                      oneOf("IDENTITY_CENTER", "APPLICATION"),
	"PermissionSetArn":                            text(10, 1224, `arn:aws(-[a-z]{1,5}){0,3}:sso:::permissionSet/(sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16}`),
	"PrincipalId":                                 text(1, 47, `([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}`),
	"PrincipalType":                               oneOf("USER", "GROUP"),
	"ProvisionPermissionSetRequestId":             text(36, 36, uuidForm),
	"ProvisioningStatus":                          oneOf("LATEST_PERMISSION_SET_PROVISIONED", "LATEST_PERMISSION_SET_NOT_PROVISIONED"),
	"ProvisionPermissionSetInput.TargetType":      oneOf("AWS_ACCOUNT", "ALL_PROVISIONED_ACCOUNTS"),
	"RedirectUris":                                listOf(1, 10, length(1, 1024)),
	"RelayState":                                  text(1, 240, `[a-zA-Z0-9&$@#\\\/%?=~\-_'"|!:,.;*+\[\]\ \(\)\{\}]+`),
	"ResourceArn":                                 text(10, 2048, `arn:aws(-[a-z]{1,5}){0,3}:sso::((:instance/(sso)?ins-[a-zA-Z0-9-.]{16})|(:permissionSet/(sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16})|(\d{12}:application/(sso)?ins-[a-zA-Z0-9-.]{16}/apl-[a-zA-Z0-9]{16})|(\d{12}:trustedTokenIssuer/(sso)?ins-[a-zA-Z0-9-.]{16}/tti-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}))`),
	"Scope":                                       constraint{pattern: awsapi.Regexp(`([A-Za-z0-9_]{1,50})(:[A-Za-z0-9_]{1,50}){0,1}(:[A-Za-z0-9_]{1,50}){0,1}`)},
	"SessionDuration":                             constraint{low: 1, high: 100, pattern: durationPattern},
	"Source":                                      listOf(1, 1, text(0, 256, `[\p{L}\p{Z}\p{N}_.:\/=+\-@\[\]\{\}\$\\"]*`)),
	"Status":                                      oneOf("ENABLED", "DISABLED"),
	"OperationStatusFilter.Status":                oneOf("IN_PROGRESS", "FAILED", "SUCCEEDED"),
	"TagKeys":                                     listOf(1, 75, text(1, 128, tagForm)),
	"Tags":                                        length(0, 75),
	"TargetId":                                    text(12, 12, `\d{12}`),
	"TargetType":                                  oneOf("AWS_ACCOUNT"),
	"TrustedTokenIssuerArn":                       text(10, 1224, issuerForm),
	"createTrustedTokenIssuerInput.Name":          text(1, 255, `[\w+=,.@-]+`),
	"updateTrustedTokenIssuerInput.Name":          text(1, 255, `[\w+=,.@-]+`),
	"TrustedTokenIssuerType":                      oneOf("OIDC_JWT"),
	"UserBackgroundSessionApplicationStatus":      oneOf("ENABLED", "DISABLED"),
	"Value":                                       text(0, 256, tagForm),
	"Visibility":                                  oneOf("ENABLED", "DISABLED"),
}

// decode reads the input of an operation and checks its members. Required are those of the input that have to be there.
func decode[In any](req *awsapi.Request, required ...string) (*In, error) {
	in := new(In)
	if err := awsapi.DecodeJSON(req.Body, in); err != nil {
		return nil, err
	}
	var v awsapi.Violations
	checkMembers(&v, "", reflect.ValueOf(in).Elem(), required)
	return in, v.Err(awsapi.ValidationException)
}

// required are the members of structures that have to be there.
var required = map[string][]string{
	"AccessControlAttribute":                      {"Key", "Value"},
	"AccessControlAttributeValue":                 {"Source"},
	"CustomerManagedPolicyReference":              {"Name"},
	"InstanceAccessControlAttributeConfiguration": {"AccessControlAttributes"},
	"SignInOptions":                               {"Origin"},
	"Tag":                                         {"Key", "Value"},
	"oidcConfiguration":                           {"IssuerUrl", "ClaimAttributePath", "IdentityStoreAttributePath", "JwksRetrievalOption"},
}

// checkMembers checks the members of a structure at a path.
func checkMembers(v *awsapi.Violations, path string, s reflect.Value, required []string) {
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		at := path + strings.ToLower(f.Name[:1]) + f.Name[1:]
		if slices.Contains(required, f.Name) {
			v.Required(at, !s.Field(i).IsZero())
		}
		c, ok := constraints[s.Type().Name()+"."+f.Name]
		if !ok {
			c = constraints[f.Name]
		}
		c.check(v, at, s.Field(i))
	}
}

// check checks a member, and those of the structures that it is of.
func (c constraint) check(v *awsapi.Violations, at string, m reflect.Value) {
	switch m.Kind() {
	case reflect.Pointer:
		switch x := m.Interface().(type) {
		case *string:
			c.text(v, at, x)
		case *int32:
			if c.high > 0 {
				v.AtLeast(at, awsapi.Wide(x), int64(c.low))
				v.AtMost(at, awsapi.Wide(x), int64(c.high))
			}
		default:
			if !m.IsNil() && m.Elem().Kind() == reflect.Struct {
				checkMembers(v, at+".", m.Elem(), required[m.Elem().Type().Name()])
			}
		}
	case reflect.String:
		if s := m.String(); s != "" {
			c.text(v, at, &s)
		}
	case reflect.Slice:
		if !m.IsNil() && c.high > 0 {
			v.Count(at, "[]", m.Len(), c.low, c.high)
		}
		for i := range m.Len() {
			switch el, at := m.Index(i), at+"."+strconv.Itoa(i+1)+".member"; {
			case el.Kind() == reflect.Struct:
				checkMembers(v, at+".", el, required[el.Type().Name()])
			case el.Kind() == reflect.String && c.each != nil:
				s := el.String()
				c.each.text(v, at, &s)
			}
		}
	}
}

func (c constraint) text(v *awsapi.Violations, at string, text *string) {
	if c.high > 0 {
		v.Length(at, text, c.low, c.high)
	}
	if c.pattern.Match != nil {
		v.Pattern(at, text, c.pattern)
	}
	if c.enum != nil {
		v.Enum(at, text, c.enum)
	}
}
