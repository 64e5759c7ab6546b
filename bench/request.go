package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	region       = "us-east-1"
	targetPrefix = "DynamoDB_20120810."
)

// request is one signed HTTP/1.1 request as the bytes to send, and what its answer must hold.
type request struct {
	raw  []byte
	want expectation
}

// signer turns DynamoDB calls into signed requests to one address.
type signer struct {
	address     string
	credentials aws.Credentials
	signer      *v4.Signer
}

func newSigner(address string, credentials aws.Credentials) *signer {
	return &signer{address: address, credentials: credentials, signer: v4.NewSigner()}
}

// sign builds the request that an AWS SDK would send for the call, with the headers an SDK signs, as raw bytes.
func (s *signer) sign(ctx context.Context, target, body string, now time.Time) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("Amz-Sdk-Invocation-Id", "5b1e0a52-6d0c-4d39-a0a1-3f2b8f4c9f10")
	req.Header.Set("Amz-Sdk-Request", "attempt=1; max=3")
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	req.Header.Set("User-Agent", "stator-bench")
	req.Header.Set("X-Amz-Target", targetPrefix+target)

	if err := s.signer.SignHTTP(ctx, s.credentials, req, digest(body), "dynamodb", region, now); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}

	var raw bytes.Buffer
	raw.Grow(len(body) + 1024)
	fmt.Fprintf(&raw, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", s.address, len(body))
	if err := req.Header.Write(&raw); err != nil {
		return nil, err
	}
	raw.WriteString("\r\n")
	raw.WriteString(body)
	return raw.Bytes(), nil
}

func digest(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// pool signs the requests of one cell. It is made anew for each, so that no signature ever comes near its expiry.
// Its size is a multiple of the connections: connection c sends requests c, c+n, c+2n, … and so owns them. Connections
// are dealt out to the signers, which are of one server each, in turn.
func pool(ctx context.Context, signers []*signer, op operation, connections int) ([]request, error) {
	size := op.distinct - op.distinct%connections
	now := time.Now()
	requests := make([]request, size)
	for i := range requests {
		connection, turn := i%connections, i/connections
		one := op
		if len(op.parts) > 0 {
			one = op.parts[(turn+connection)%len(op.parts)]
		}
		raw, err := signers[connection%len(signers)].sign(ctx, one.target, one.body(i), now)
		if err != nil {
			return nil, err
		}
		requests[i] = request{raw: raw, want: one.want(i)}
	}
	return requests, nil
}
