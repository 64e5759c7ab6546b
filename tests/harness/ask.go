package harness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Ask calls an operation of an API in JSON 1.1 that no SDK has, signed with the credentials of a configuration, at its endpoint. The
// target is what X-Amz-Target says; the input is marshaled, unless it is text already.
func Ask(t testing.TB, conf aws.Config, service, target string, in any) (status int, answer map[string]any) {
	t.Helper()
	body, isText := in.([]byte)
	if !isText {
		var err error
		if body, err = json.Marshal(in); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, aws.ToString(conf.BaseEndpoint), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", target)
	keys, err := conf.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(t.Context(), keys, r, hex.EncodeToString(sum[:]), service, conf.Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	return Answer(t, r)
}

// Answer sends a request, and returns the status and the JSON object that it is answered with, nil if with nothing.
func Answer(t testing.TB, r *http.Request) (status int, answer map[string]any) {
	t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatalf("%s %s %s: %q: %v", r.Method, r.URL, r.Header.Get("X-Amz-Target"), text, err)
		}
	}
	return res.StatusCode, answer
}
