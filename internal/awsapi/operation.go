// Package awsapi is what all AWS APIs share: the operation as a value, the error as the wire has it, and the codecs
// of AWS's protocols. It knows no service. It is pure and imports policy, for what an operation needs, and the
// JSON scanner.
package awsapi

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/statordb/stator/internal/policy"
)

// Operation is one operation of one service. A service has one table of all the operations that AWS has.
type Operation struct {
	// Service is the name in ARNs and IAM actions: dynamodb, iam, sts.
	Service string
	// Name is AWS's name of the operation: PutItem.
	Name string
	// Path is the method and the path of an operation of REST JSON, a pattern of http.ServeMux; "" for all others. A parameter
	// may follow, as in /token?aws_iam=t, that tells the operation from another one with the same path.
	Path string
	// Decode reads the input and checks what can be checked without looking at any data. It is nil for an
	// operation that Stator does not have yet.
	Decode func(*Request) (Call, error)
	// Unsigned says that requests need no signature: their calls are Claims.
	Unsigned bool
	// Observe, if it is there, is told how each request went whose sender is known.
	Observe func(*Outcome)
}

// Outcome is how a request went. It is valid only as long as Observe runs.
type Outcome struct {
	// Caller, Region and Now are those of the Request.
	Caller *policy.Principal
	Region string
	Now    time.Time
	// Call is what was decoded, nil if the input was refused.
	Call Call
	// Took is the time from the header of the request to the end of the answer.
	Took time.Duration
	// Err is what was answered, nil if it was no error.
	Err *Error
}

// Claim is a call whose sender is proven by what is in it, such as the token of an identity provider.
type Claim interface {
	Call
	// Authenticate returns who sent the request. The request's Caller is anonymous until then.
	Authenticate(ctx context.Context) (*policy.Principal, error)
}

// Request is a request whose sender is known.
type Request struct {
	// ID is the request id that the answer carries.
	ID string
	// Caller is who sent it. It is shared with other requests and not changed.
	Caller *policy.Principal
	// Region is the one of the credential scope.
	Region string
	// Host is the host and port that the client used.
	Host string
	// Now is when the request came.
	Now time.Time
	// Protocol is the form of the input, and of the output.
	Protocol Protocol
	// Body is the whole body, decompressed. It is valid until the call has run.
	Body []byte
	// Form is the parameters of a request of the query protocol, and those in the URL of one of REST JSON.
	Form Form

	// The rest is known of requests of REST JSON only.

	// Header is for operations that have members of their input there. It is not changed.
	Header http.Header
	// Secure says that the client used TLS, as far as the server or a proxy that it trusts can know.
	Secure bool
	// Source is where the request came from, as far as proxies are trusted; the zero Addr if not over TCP.
	Source netip.Addr
}

// Call is a decoded request: what the dispatcher authorises and then runs. It runs only if all that it needs is allowed,
// unless it is a Batch.
type Call interface {
	// Needs returns every permission that the call needs. None means that anyone may make it.
	Needs() []policy.Need
	// Run does the work and appends the body of the answer to dst.
	Run(ctx context.Context, dst []byte) ([]byte, error)
}

// Batch is a call of parts that are allowed or refused each by itself.
type Batch interface {
	Call
	// Refuse is called, before Run, for each of Needs that is refused: with its place among them, and with the error that
	// the part which needs it is answered with. Run does the others.
	Refuse(need int, err *Error)
}
