package sigv4_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/statordb/stator/internal/sigv4"
)

// TestDeletedKeyIsRefusedAtOnce: the cache of signing keys keeps no access key alive.
func TestDeletedKeyIsRefusedAtOnce(t *testing.T) {
	secret, down := testSecret, errors.New("storage down")
	var fail error
	v := sigv4.New(func(context.Context, string, string) (sigv4.Key[int], error) {
		return sigv4.Key[int]{Secret: secret}, fail
	})
	r := dynamoRequest(t, nil)
	sign(t, r, nil, "dynamodb", "us-east-1", "", signedAt)
	verify := func() error {
		_, err := v.Verify(t.Context(), r, nil, signedAt, "dynamodb")
		return err
	}
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	for _, fail = range []error{sigv4.ErrUnknownKey, down} {
		if err := verify(); err != fail {
			t.Errorf("look-up says %v: %v", fail, err)
		}
	}
	fail, secret = nil, "another"
	if err := verify(); err == nil {
		t.Error("verified with a secret that was replaced")
	}
	fail, secret = nil, testSecret
	if err := verify(); err != nil {
		t.Error(err)
	}
}

// TestConcurrent runs one verifier from many goroutines over more regions than one shard of the cache holds, and
// checks that no scratch memory is shared: the tampered half always fails.
func TestConcurrent(t *testing.T) {
	v := sigv4.New(lookup)
	var requests []*http.Request
	body := []byte("{}")
	for i := range 100 {
		r := dynamoRequest(t, body)
		sign(t, r, body, "dynamodb", fmt.Sprint("region-", i), "", signedAt)
		requests = append(requests, resend(t, r, body))
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				r, b, want := requests[(i*7+g)%len(requests)], body, i%2 == 0
				if !want {
					b = []byte("{ }")
				}
				id, err := v.Verify(t.Context(), r, b, signedAt, "dynamodb")
				if (err == nil) != want || want && id.Principal != "tester" {
					t.Errorf("%+v, %v", id, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestQueryError(t *testing.T) {
	for in, want := range map[string]string{
		"MissingAuthenticationTokenException": "MissingAuthenticationToken 403",
		"IncompleteSignatureException":        "IncompleteSignature 400",
		"InvalidSignatureException":           "SignatureDoesNotMatch 403",
		"UnrecognizedClientException":         "InvalidClientTokenId 403",
		"ExpiredTokenException":               "ExpiredToken 403",
		"MalformedQueryString":                "MalformedQueryString 404",
		"Else":                                "Else 418",
	} {
		code, status := (&sigv4.Error{Code: in, Status: 418}).QueryError()
		if got := fmt.Sprint(code, " ", status); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
