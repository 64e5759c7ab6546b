package identity

import (
	"errors"
	"net/url"
	"strings"

	"github.com/statordb/stator/internal/policy"
)

// The quotas of documents, in characters other than white space ("IAM and AWS STS quotas").
const (
	maxPolicySize = 6144
	maxTrustSize  = 2048
)

// maxInline are the quotas of all inline policies of an entity together.
func maxInline(k kind) int {
	switch k {
	case userKind:
		return 2048
	case groupKind:
		return 5120
	}
	return 10240
}

// checkDocument returns AWS's error for a document that it would not take as a policy of this kind.
func checkDocument(kind policy.Kind, document string) error {
	err := policy.Validate(kind, []byte(document))
	if err == nil {
		return nil
	}
	var bad *policy.MalformedError
	if errors.As(err, &bad) {
		return malformedPolicy(bad.Message)
	}
	return malformedPolicy("Syntax errors in policy.")
}

// encoded is a document as answers have it: percent-encoded (RFC 3986).
func encoded(document string) *string {
	e := strings.ReplaceAll(url.QueryEscape(document), "+", "%20")
	return &e
}
