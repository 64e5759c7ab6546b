package audit

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/statordb/stator/internal/policy"
)

// record is a line of the log. The order of its members is that of CloudTrail's ("CloudTrail record contents", AWS
// CloudTrail User Guide).
type record struct {
	Version      string          `json:"eventVersion"`
	Identity     userIdentity    `json:"userIdentity"`
	Time         string          `json:"eventTime"`
	Source       string          `json:"eventSource"`
	Name         string          `json:"eventName"`
	Region       string          `json:"awsRegion"`
	SourceIP     string          `json:"sourceIPAddress"`
	UserAgent    string          `json:"userAgent"`
	ErrorCode    string          `json:"errorCode,omitempty"`
	ErrorMessage string          `json:"errorMessage,omitempty"`
	Parameters   json.RawMessage `json:"requestParameters"`
	Response     json.RawMessage `json:"responseElements"`
	Additional   map[string]any  `json:"additionalEventData,omitempty"`
	RequestID    string          `json:"requestID"`
	ID           string          `json:"eventID"`
	ReadOnly     bool            `json:"readOnly"`
	Resources    []resource      `json:"resources,omitempty"`
	Type         string          `json:"eventType"`
	Management   bool            `json:"managementEvent"`
	Recipient    string          `json:"recipientAccountId,omitempty"`
	Category     string          `json:"eventCategory"`
	TLS          *tlsDetails     `json:"tlsDetails,omitempty"`
}

type tlsDetails struct {
	Version string `json:"tlsVersion"`
	Cipher  string `json:"cipherSuite"`
	Host    string `json:"clientProvidedHostHeader"`
}

// authorization is a decision, in additionalEventData: CloudTrail has no place for it.
type authorization struct {
	Decision        string `json:"decision"`
	PolicyType      string `json:"policyType,omitempty"`
	Policy          string `json:"policy,omitempty"`
	Statement       string `json:"statement,omitempty"`
	StatementNumber int    `json:"statementNumber,omitempty"`
	Reason          string `json:"reason,omitempty"`
}

const (
	// eventVersion is the version of the record's form.
	eventVersion = "1.11"
	// timeForm is how CloudTrail writes times, in UTC.
	timeForm = "2006-01-02T15:04:05Z"
	// globalRegion is where AWS logs services that have one endpoint for all regions.
	globalRegion = "us-east-1"
	// signIn is the Service of signing in to the console.
	signIn = "signin"
	// maxText is the most bytes of a text that the client or an operation wrote freely; the rest is cut off. It is
	// CloudTrail's limit of errorMessage and userAgent.
	maxText = 1 << 10
	// maxResources and maxAdditional bound the lists. The largest transaction names 100 items.
	maxResources  = 256
	maxAdditional = 32
)

func newRecord(e *Event) *record {
	message, _, _ := strings.Cut(e.ErrorMessage, "\n")
	r := &record{
		Version:      eventVersion,
		Identity:     identity(&e.Principal, e.AccessKeyID),
		Time:         e.Time.UTC().Format(timeForm),
		Source:       clip(e.Service) + ".amazonaws.com",
		Name:         clip(e.Operation),
		Region:       clip(region(e.Service, e.Region)),
		SourceIP:     clip(e.SourceIP),
		UserAgent:    clip(e.UserAgent),
		ErrorCode:    clip(e.ErrorCode),
		ErrorMessage: clip(message),
		Parameters:   e.Parameters.field("requestParameters"),
		Response:     e.Response.field("responseElements"),
		Additional:   additional(e),
		RequestID:    clip(e.RequestID),
		ID:           uuid.NewString(),
		ReadOnly:     e.ReadOnly,
		Type:         "AwsApiCall",
		Management:   !e.Data,
		Recipient:    e.Account,
		Category:     "Management",
	}
	if r.Recipient == "" {
		r.Recipient = e.Principal.Account
	}
	if e.Service == signIn {
		r.Type = "AwsConsoleSignIn"
	}
	if e.Data {
		r.Category = "Data"
	}
	r.Resources = resources(e.Resources, r.Recipient)
	if e.TLS != nil {
		r.TLS = &tlsDetails{clip(e.TLS.Version), clip(e.TLS.Cipher), clip(e.TLS.Host)}
	}
	return r
}

func region(service, asked string) string {
	switch service {
	case "iam", "organizations":
		return globalRegion
	case signIn:
		if asked == "" {
			return globalRegion
		}
	}
	return asked
}

func additional(e *Event) map[string]any {
	if e.Decision == nil && len(e.Additional) == 0 {
		return nil
	}
	all := make(map[string]any, len(e.Additional)+1)
	for name, value := range e.Additional {
		if len(all) == maxAdditional {
			break
		}
		all[clip(name)] = redact(name, clip(value))
	}
	if e.Decision != nil {
		all["authorization"] = newAuthorization(e.Decision)
	}
	return all
}

func newAuthorization(d *policy.Decision) authorization {
	a := authorization{
		Decision: "ImplicitDeny", Policy: clip(d.Policy), Statement: clip(d.Statement), StatementNumber: d.Number,
		Reason: clip(d.Reason),
	}
	switch {
	case d.Allowed:
		a.Decision = "Allow"
	case d.Denied:
		a.Decision = "ExplicitDeny"
	}
	if d.Type != policy.NoPolicy {
		a.PolicyType = d.Type.String()
	}
	return a
}

// clip cuts a text off after maxText bytes, between characters.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for end > maxText-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// resource is one that the request is about.
type resource struct {
	Account string `json:"accountId,omitempty"`
	Type    string `json:"type,omitempty"`
	ARN     string `json:"ARN"`
}

func resources(arns []string, account string) []resource {
	var all []resource
	for _, arn := range arns {
		parts := strings.SplitN(arn, ":", 6)
		if len(parts) < 6 || slices.ContainsFunc(all, func(r resource) bool { return r.ARN == arn }) {
			continue
		}
		r := resource{Account: parts[4], Type: resourceType(parts[2], parts[5]), ARN: clip(arn)}
		if r.Account == "" {
			r.Account = account
		}
		if all = append(all, r); len(all) == maxResources {
			break
		}
	}
	return all
}

// resourceType is the type of a resource in CloudTrail's terms, "" if it has none. An index is part of its table.
func resourceType(service, name string) string {
	kind, rest, _ := strings.Cut(name, "/")
	switch service {
	case "dynamodb":
		switch kind {
		case "table":
			switch {
			case strings.Contains(rest, "/stream/"):
				return "AWS::DynamoDB::Stream"
			case strings.Contains(rest, "/backup/"):
				return "AWS::DynamoDB::Backup"
			}
			return "AWS::DynamoDB::Table"
		case "global-table":
			return "AWS::DynamoDB::GlobalTable"
		}
	case "iam":
		switch kind {
		case "user":
			return "AWS::IAM::User"
		case "group":
			return "AWS::IAM::Group"
		case "role":
			return "AWS::IAM::Role"
		case "policy":
			return "AWS::IAM::Policy"
		case "mfa":
			return "AWS::IAM::MfaDevice"
		case "saml-provider":
			return "AWS::IAM::SAMLProvider"
		case "oidc-provider":
			return "AWS::IAM::OIDCProvider"
		case "instance-profile":
			return "AWS::IAM::InstanceProfile"
		case "server-certificate":
			return "AWS::IAM::ServerCertificate"
		}
	}
	return ""
}
