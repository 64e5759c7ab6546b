package sdk

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/logging"

	"github.com/statordb/stator/tests/harness"
)

// roundTripper stands between the SDK and the server.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) Do(r *http.Request) (*http.Response, error) { return f(r) }

// through is a client whose requests go through f.
func through(t *testing.T, f roundTripper, options ...func(*dynamodb.Options)) *dynamodb.Client {
	t.Helper()
	return dynamodb.NewFromConfig(harness.Shared(t).Config, append(options, func(o *dynamodb.Options) { o.HTTPClient = f })...)
}

// once has the SDK try each request one time.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

// TestResponseHeaders checks what DynamoDB promises of every answer: a request id, the type of the body, and a checksum
// that the SDK verifies.
func TestResponseHeaders(t *testing.T) {
	t.Parallel()
	table := productCatalog(t, client(t), products...)
	ids := map[string]bool{}
	c := through(t, func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		if got, want := resp.Header.Get("X-Amz-Crc32"), strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10); got != want {
			t.Errorf("checksum %q, want %s", got, want)
		}
		if got := resp.Header.Get("Content-Type"); got != "application/x-amz-json-1.0" {
			t.Errorf("content type %q", got)
		}
		id := resp.Header.Get("X-Amzn-Requestid")
		if id == "" || ids[id] {
			t.Errorf("request id %q, again or none", id)
		}
		ids[id] = true
		resp.Body = io.NopCloser(bytes.NewReader(body))
		return resp, nil
	}, once)
	if _, err := c.Scan(t.Context(), &dynamodb.ScanInput{TableName: table}); err != nil {
		t.Error(err)
	}
	_, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: own(t, "Nowhere"), Key: item(`{"Id":1}`)})
	fails(t, err, "ResourceNotFoundException", "")
	if len(ids) != 2 {
		t.Errorf("%d requests", len(ids))
	}
}

// said collects what the SDK logs.
type said struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *said) Logf(_ logging.Classification, format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.text, format+"\n", v...)
}

// TestChecksum corrupts an answer: the SDK, which only warns, sees it. It has nothing to say of one that is whole.
func TestChecksum(t *testing.T) {
	t.Parallel()
	table := productCatalog(t, client(t), `{"Id":1,"Title":"unchanged"}`)
	for _, corrupt := range []bool{false, true} {
		var log said
		c := through(t, func(r *http.Request) (*http.Response, error) {
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				return nil, err
			}
			body, err := io.ReadAll(resp.Body)
			if corrupt {
				body = bytes.ReplaceAll(body, []byte("unchanged"), []byte("CHANGED!!"))
			}
			resp.Body = io.NopCloser(bytes.NewReader(body))
			return resp, err
		}, once, func(o *dynamodb.Options) { o.Logger = &log })
		_, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: table, Key: item(`{"Id":1}`)})
		if err != nil {
			t.Error(err)
		}
		if noticed := strings.Contains(log.text.String(), "did not match expected checksum"); noticed != corrupt {
			t.Errorf("corrupted %t: the SDK logged %q", corrupt, log.text.String())
		}
	}
}

// TestCompression reads with Accept-Encoding: gzip, checksum included.
func TestCompression(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 10 {
		texts = append(texts, fmt.Sprintf(`{"Id":%d,"Text":%q}`, i, strings.Repeat("compressible ", 500)))
	}
	table := productCatalog(t, client(t), texts...)
	var log said
	c := through(t, func(r *http.Request) (*http.Response, error) {
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err == nil && (r.Header.Get("Accept-Encoding") != "gzip" || resp.Header.Get("Content-Encoding") != "gzip" || resp.ContentLength > 10_000) {
			t.Errorf("accepted %q, got %q of %d bytes", r.Header.Get("Accept-Encoding"), resp.Header.Get("Content-Encoding"), resp.ContentLength)
		}
		return resp, err
	}, func(o *dynamodb.Options) { o.EnableAcceptEncodingGzip, o.Logger = true, &log })
	out, err := c.Scan(t.Context(), &dynamodb.ScanInput{TableName: table})
	if err != nil {
		t.Fatal(err)
	}
	sameSet(t, "compressed", out.Items, texts...)
	if log.text.Len() > 0 {
		t.Errorf("the SDK logged %q", log.text.String())
	}
}

// TestRetries loses answers and injects faults: the SDK tries again, and a transaction is still done once.
func TestRetries(t *testing.T) {
	t.Parallel()
	table := productCatalog(t, client(t), `{"Id":1,"Price":10}`)
	for _, tt := range []struct {
		name string
		lose func(*http.Request, *http.Response) (*http.Response, error)
	}{
		{"the answer is lost", func(_ *http.Request, resp *http.Response) (*http.Response, error) {
			resp.Body.Close()
			return nil, errors.New("connection reset by peer")
		}},
		{"internal error", func(r *http.Request, resp *http.Response) (*http.Response, error) {
			resp.Body.Close()
			return &http.Response{
				StatusCode: 500, Header: http.Header{}, Request: r,
				Body: io.NopCloser(strings.NewReader(`{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}`)),
			}, nil
		}},
		{"throttled", func(r *http.Request, resp *http.Response) (*http.Response, error) {
			resp.Body.Close()
			return &http.Response{
				StatusCode: 400, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(
					`{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}`)),
			}, nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var tries atomic.Int32
			c := through(t, func(r *http.Request) (*http.Response, error) {
				resp, err := http.DefaultClient.Do(r)
				if err == nil && tries.Add(1) == 1 {
					return tt.lose(r, resp)
				}
				return resp, err
			}, func(o *dynamodb.Options) { o.Logger = logging.Nop{} }) // that the faults have no checksum
			before := get(t, client(t), table, `{"Id":1}`)
			_, err := c.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{
				Update: &types.Update{
					TableName: table, Key: item(`{"Id":1}`), UpdateExpression: aws.String("ADD Price :one"),
					ExpressionAttributeValues: item(`{":one":1}`),
				},
			}}})
			if err != nil || tries.Load() != 2 {
				t.Errorf("%d tries, error %v", tries.Load(), err)
			}
			var price int
			fmt.Sscan(show(before["Price"]), &price)
			same(t, "done once", get(t, client(t), table, `{"Id":1}`), fmt.Sprintf(`{"Id":1,"Price":%d}`, price+1))
		})
	}
}

// TestUnprocessed loops until a batch is done: a read of more than 16 MB comes in parts.
func TestUnprocessed(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "Items")
	create(t, c, table, nil, "P:S")
	const count = 60
	request := map[string][]types.WriteRequest{}
	var keys []Item
	flush := func() {
		for len(request) > 0 {
			out, err := c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: request})
			if err != nil {
				t.Fatal(err)
			}
			request = out.UnprocessedItems
		}
		request = map[string][]types.WriteRequest{}
	}
	for i := range count {
		key := fmt.Sprintf("%02d", i)
		keys = append(keys, item(fmt.Sprintf(`{"P":%q}`, key)))
		request[*table] = append(request[*table], types.WriteRequest{PutRequest: &types.PutRequest{Item: item(sized(key, 300*kb))}})
		if len(request[*table]) == 25 {
			flush()
		}
	}
	flush()
	seen := map[string]bool{}
	rounds := 0
	for pending := map[string]types.KeysAndAttributes{*table: {Keys: keys}}; len(pending) > 0; rounds++ {
		out, err := c.BatchGetItem(t.Context(), &dynamodb.BatchGetItemInput{RequestItems: pending})
		if err != nil {
			t.Fatal(err)
		}
		got := out.Responses[*table]
		// The reference: of items of 300 KB, 52 are returned, so as not to exceed 16 MB.
		if rounds == 0 && (len(got) < 52 || len(got) > 54 || len(got)+len(out.UnprocessedKeys[*table].Keys) != count) {
			t.Errorf("%d items and %d unprocessed keys", len(got), len(out.UnprocessedKeys[*table].Keys))
		}
		if len(got) == 0 {
			t.Fatal("no progress")
		}
		for _, i := range got {
			seen[show(i["P"])] = true
		}
		pending = out.UnprocessedKeys
	}
	if len(seen) != count || rounds != 2 {
		t.Errorf("%d items in %d rounds", len(seen), rounds)
	}
}

// TestSignatures has requests that are not signed as they have to be.
func TestSignatures(t *testing.T) {
	t.Parallel()
	s := harness.Shared(t)
	right, err := s.Config.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list := func(p aws.CredentialsProvider) error {
		c := dynamodb.NewFromConfig(s.Config, once, func(o *dynamodb.Options) { o.Credentials = p })
		_, err := c.ListTables(t.Context(), &dynamodb.ListTablesInput{})
		return err
	}
	if err := list(credentials.NewStaticCredentialsProvider(right.AccessKeyID, right.SecretAccessKey, "")); err != nil {
		t.Error(err)
	}
	fails(t, list(credentials.NewStaticCredentialsProvider(right.AccessKeyID, "wrong", "")), "InvalidSignatureException",
		"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	fails(t, list(credentials.NewStaticCredentialsProvider("AKIAAAAAAAAAAAAAAAAA", right.SecretAccessKey, "")), "UnrecognizedClientException",
		"The security token included in the request is invalid.")
	fails(t, list(credentials.NewStaticCredentialsProvider(right.AccessKeyID, right.SecretAccessKey, "a session token")), "UnrecognizedClientException",
		"The security token included in the request is invalid")
	fails(t, list(aws.AnonymousCredentials{}), "MissingAuthenticationTokenException", "Request is missing Authentication Token")

	// A body changed on its way.
	c := through(t, func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte("10"), []byte("99"))))
		return http.DefaultClient.Do(r)
	}, once)
	_, err = c.ListTables(t.Context(), &dynamodb.ListTablesInput{Limit: aws.Int32(10)})
	fails(t, err, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided.")
}
