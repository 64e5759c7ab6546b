// Package statortest gives a Go test its own DynamoDB: a server in memory, started in a few milliseconds and gone
// when the test ends, and an aws.Config that points at it.
//
// It imports package stator, and of the AWS SDK the core alone. The main rule: a test needs one line, and nothing is
// shared between two servers.
package statortest

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/statordb/stator"
)

// Server is a server that a test started.
type Server struct {
	// Config makes clients of the SDK that reach the server: dynamodb.NewFromConfig(server.Config).
	Config aws.Config
	// URL is the endpoint, for clients of other kinds.
	URL string
	// Credentials sign requests; their user may do everything.
	Credentials stator.Credentials
}

// Option changes how Start opens the server.
type Option func(*stator.Options)

// WithOptions lets change set any option of the server. It is in memory, with IAM, unless change says otherwise.
func WithOptions(change func(*stator.Options)) Option { return change }

// Open turns authentication and authorisation off.
func Open() Option { return func(o *stator.Options) { o.Auth = stator.AuthOpen } }

// grace is how long a request may still take when its test has ended.
const grace = 500 * time.Millisecond

// Start starts a server on a free port of the loopback interface. It stops when the test ends.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	var opts stator.Options
	for _, o := range options {
		o(&opts)
	}
	s, err := stator.Open(opts)
	if err != nil {
		t.Fatalf("statortest: %v", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = s.Close()
		t.Fatalf("statortest: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, ln, grace) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Errorf("statortest: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("statortest: %v", err)
		}
	})
	key, ok := s.Credentials()
	if !ok {
		t.Fatal("statortest: the data folder has no credentials")
	}
	url := "http://" + ln.Addr().String()
	return &Server{
		Config: aws.Config{
			Region:       s.Region(),
			BaseEndpoint: aws.String(url),
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{
					AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey, Source: "statortest",
				}, nil
			}),
		},
		URL:         url,
		Credentials: key,
	}
}
