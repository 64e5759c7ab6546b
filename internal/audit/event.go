// Package audit is the audit log: who asked for what, from where, and what the answer was, one line for each request.
//
// A line is a JSON record in the form of AWS CloudTrail, so that what reads the trails of AWS (SIEM rules, Athena tables,
// jq scripts) reads this log too. Where CloudTrail has no member for something, the policy that decided, it is in
// additionalEventData.
//
// The rule: no secret reaches the log. What comes from a request or an answer gets into an Event only as a Redacted,
// and a Redacted is made only by the functions of this package, which hide every member whose name looks like a secret's,
// known or not. The package imports policy alone: it knows who asks, and no operation.
package audit

import (
	"crypto/tls"
	"strings"
	"time"

	"github.com/statordb/stator/internal/policy"
)

// Event is one request and its answer, or one attempt to sign in to the console.
type Event struct {
	// Time is when the request was answered.
	Time time.Time
	// Service is the signing name of the service, as in dynamodb, or "signin" for the console.
	Service string
	// Operation is the name of the operation, or ConsoleLogin.
	Operation string
	// Region is the one of the credential scope. Services that have only one region are logged under that one.
	Region string
	// SourceIP is the client's address, UserAgent what it says that it is.
	SourceIP, UserAgent string
	RequestID           string
	// Principal is who asked, and AccessKeyID the key that signed, "" if none did. If somebody failed to sign in with a
	// name that nobody has, Principal.Name is to be Hidden: it may be a password.
	Principal   policy.Principal
	AccessKeyID string
	// Account is the account whose log this is in, if it is not the principal's: that of the role somebody asks for.
	Account string
	// ErrorCode and ErrorMessage are the error that was answered, "" if none was. Of the message only the first line is
	// logged: the further ones of a bad signature quote the request's headers.
	ErrorCode, ErrorMessage string
	// ReadOnly says that the operation changes nothing, Data that it is on items and not on tables or identities.
	ReadOnly, Data bool
	// Resources are the ARNs that permission was asked for. What is no ARN is left out.
	Resources []string
	// Parameters and Response are the members of the input and, if the operation changes something, of the output.
	Parameters, Response Redacted
	// Additional is whatever else is worth logging, as in MFAUsed.
	Additional map[string]string
	// Decision is what policies say, nil if they were not asked.
	Decision *policy.Decision
	// TLS is nil if the client did not use it.
	TLS *TLS
}

// TLS is how the client reached the server.
type TLS struct {
	// Version and Cipher are names as in TLSv1.3 and TLS_AES_128_GCM_SHA256, Host is the client's Host header.
	Version, Cipher, Host string
}

// TLSVersion is the name of a version of TLS as CloudTrail has it.
func TLSVersion(version uint16) string {
	return strings.ReplaceAll(tls.VersionName(version), "TLS 1", "TLSv1")
}
