package accessanalyzer

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
	"github.com/statordb/stator/internal/policy"
)

// validatePolicyInput is the body of the request.
type validatePolicyInput struct {
	Document     *string `json:"policyDocument"`
	Type         string  `json:"policyType"`
	Locale       string  `json:"locale"`
	ResourceType string  `json:"validatePolicyResourceType"`
}

type validatePolicyOutput struct {
	Findings  []finding `json:"findings"`
	NextToken string    `json:"nextToken,omitempty"`
}

// The values that members may have (API reference, ValidatePolicy).
var (
	policyTypes   = []string{"IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"}
	locales       = []string{"DE", "EN", "ES", "FR", "IT", "JA", "KO", "PT_BR", "ZH_CN", "ZH_TW"}
	resourceTypes = []string{"AWS::S3::Bucket", "AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPoint",
		"AWS::S3ObjectLambda::AccessPoint", roleTrust, dynamoTable}
)

const (
	roleTrust   = "AWS::IAM::AssumeRolePolicyDocument"
	dynamoTable = "AWS::DynamoDB::Table"
)

// maxPage is the most findings of one answer.
const maxPage = 100

// validatePolicy decodes ValidatePolicy.
func (s *Service) validatePolicy(req *awsapi.Request) (awsapi.Call, error) {
	in := validatePolicyInput{}
	if err := json.Unmarshal(req.Body, &in); err != nil {
		return nil, refused("cannotParse", "The body of the request can not be read.")
	}
	skip, page, err := in.check(req)
	if err != nil {
		return nil, err
	}
	return &call{func() validatePolicyOutput {
		findings := s.findings(*in.Document, in.Type, in.ResourceType)
		out := validatePolicyOutput{Findings: findings[min(skip, len(findings)):]}
		if len(out.Findings) > page {
			out.Findings = out.Findings[:page]
			out.NextToken = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(skip + page)))
		}
		return out
	}}, nil
}

func (in *validatePolicyInput) check(req *awsapi.Request) (skip, page int, err error) {
	const invalid = "fieldValidationFailed"
	switch {
	case in.Document == nil:
		return 0, 0, refused(invalid, "policyDocument is required.")
	case len(*in.Document) > policy.MaxDocument:
		return 0, 0, refused(invalid, "policyDocument is longer than "+strconv.Itoa(policy.MaxDocument)+" bytes.")
	case !slices.Contains(policyTypes, in.Type):
		return 0, 0, refused(invalid, "policyType is not valid.")
	case in.Locale != "" && !slices.Contains(locales, in.Locale):
		return 0, 0, refused(invalid, "locale is not valid.")
	case in.ResourceType != "" && !slices.Contains(resourceTypes, in.ResourceType):
		return 0, 0, refused(invalid, "validatePolicyResourceType is not valid.")
	case in.ResourceType != "" && in.Type != "RESOURCE_POLICY":
		return 0, 0, refused(invalid, "validatePolicyResourceType can only be used with the policyType RESOURCE_POLICY.")
	case in.Type == "SERVICE_CONTROL_POLICY" || in.Type == "RESOURCE_CONTROL_POLICY":
		return 0, 0, refused("notSupported", "Stator has no policies of the type "+in.Type+".")
	case in.ResourceType != "" && in.ResourceType != roleTrust && in.ResourceType != dynamoTable:
		return 0, 0, refused("notSupported", "Stator has no resources of the type "+in.ResourceType+".")
	}
	page = maxPage
	if text, ok := req.Form.Value("maxResults"); ok {
		if page, err = strconv.Atoi(text); err != nil || page < 1 || page > 1000 {
			return 0, 0, refused(invalid, "maxResults is not valid.")
		}
	}
	if text, ok := req.Form.Value("nextToken"); ok {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err == nil {
			skip, err = strconv.Atoi(string(b))
		}
		if err != nil || skip < 1 {
			return 0, 0, refused(invalid, "nextToken is not valid.")
		}
	}
	return skip, page, nil
}

// refused is a ValidationException. Reason is a ValidationExceptionReason.
func refused(reason, message string) error {
	return &awsapi.Error{Code: "ValidationException", Status: http.StatusBadRequest, Message: message,
		Members: []awsapi.Member{{Name: "reason", Append: func(dst []byte) []byte { return jsonscan.AppendString(dst, reason) }}}}
}

// call is a ValidatePolicy.
type call struct{ do func() validatePolicyOutput }

// Needs implements awsapi.Call.
func (c *call) Needs() []policy.Need {
	return []policy.Need{{Action: "access-analyzer:ValidatePolicy", Resource: "*"}}
}

// Run implements awsapi.Call.
func (c *call) Run(_ context.Context, dst []byte) ([]byte, error) {
	b, err := json.Marshal(c.do())
	return append(dst, b...), err
}
