// Package federation proves what an identity provider outside says of a user: it verifies the ID tokens of OpenID
// Connect providers for sts:AssumeRoleWithWebIdentity and the SAML 2.0 responses for sts:AssumeRoleWithSAML.
//
// It exists apart from identity so that the only code that reads what strangers sign can be read, fuzzed and attacked
// alone. It imports none of our packages. Time is passed in; the one thing that it reaches out for is a provider's
// verification keys, over HTTPS, bounded in time and size and cached.
//
// The main rule: nothing is read from a document before its signature is verified, but what is needed to find the key,
// and after that only from the very bytes that were signed. Whatever is not understood is refused.
//
// What is checked follows the IAM User Guide ("OIDC federation", "Configure SAML assertions for the authentication
// response", "Available keys for SAML-based AWS STS federation", "Pass session tags in AWS STS") and the STS API
// Reference. Messages are AWS's where it is known what AWS says.
package federation

import (
	"errors"
	"time"
)

// The kinds of [Error], for errors.Is. Each stands for one code of the STS API Reference, all but the last.
var (
	// ErrInvalidToken is InvalidIdentityToken: the token or assertion is malformed, not signed by the provider, not
	// meant for this service, or not valid yet.
	ErrInvalidToken = errors.New("invalid identity token")
	// ErrExpired is ExpiredTokenException: what was signed was good once. The user signs in again.
	ErrExpired = errors.New("expired identity token")
	// ErrUnreachable is IDPCommunicationError: the provider's keys could not be had. Trying again may help.
	ErrUnreachable = errors.New("identity provider unreachable")
	// ErrRejected is IDPRejectedClaim: the provider itself says that it did not authenticate the user.
	ErrRejected = errors.New("identity provider rejected the user")
	// ErrInvalidMetadata is IAM's InvalidInput: a SAML metadata document that cannot be trusted with anything.
	ErrInvalidMetadata = errors.New("invalid SAML metadata")
)

// Error is a refusal.
type Error struct {
	Kind    error  // one of the kinds above
	Message string // for the caller of the API; says nothing of our network or of what a provider answered
	cause   error  // for the log; may be nil
}

// Error has the cause as well: it is for the log.
func (e *Error) Error() string {
	if e.cause == nil {
		return "federation: " + e.Message
	}
	return "federation: " + e.Message + ": " + e.cause.Error()
}

// Unwrap makes errors.Is find the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// maxSkew is how far a provider's clock may be ahead of ours, or behind it where a document says until when it is
// valid.
const maxSkew = time.Minute

func invalid(message string, cause error) *Error {
	return &Error{Kind: ErrInvalidToken, Message: message, cause: cause}
}
