// Package migrate_test moves the data of built servers from the embedded engine to PostgreSQL and back with stator migrate, as an
// operator does, and looks from outside whether everything is there: items, indexes, users, keys, sign-in.
//
// It knows engines only to have one: it asks PostgreSQL whether the copy is under way, so as to kill it in the middle.
package migrate_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/jackc/pgx/v5"

	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
	"github.com/statordb/stator/tests/engine"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

const (
	tableName = "moved"
	items     = 6000
	password  = "Correct horse 7!"
	patience  = 120 * time.Second
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func item(id int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberN{Value: fmt.Sprint(id)},
		"group": &types.AttributeValueMemberS{Value: fmt.Sprintf("g%d", id%7)},
		"text":  &types.AttributeValueMemberS{Value: strings.Repeat("x", 2000)}}
}

// prepare makes a table with an index, a stream and items, and a user with a password and an access key that may read it.
func prepare(t *testing.T, s *harness.Server) aws.CredentialsProvider {
	ctx, db := t.Context(), dynamodb.NewFromConfig(s.Config)
	_, err := db.CreateTable(ctx, &dynamodb.CreateTableInput{TableName: aws.String(tableName), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "N"}, {AttributeName: aws.String("group"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}},
		StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: "KEYS_ONLY"},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("groups"), Projection: &types.Projection{ProjectionType: "KEYS_ONLY"},
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("group"), KeyType: "HASH"}}}}})
	ok(t, err)
	for from := 0; from < items; from += 25 {
		var puts []types.WriteRequest
		for i := range 25 {
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: item(from + i)}})
		}
		_, err := db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{tableName: puts}})
		ok(t, err)
	}
	people := iam.NewFromConfig(s.Config)
	name := aws.String("ada")
	_, err = people.CreateUser(ctx, &iam.CreateUserInput{UserName: name})
	ok(t, err)
	_, err = people.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: name, Password: aws.String(password)})
	ok(t, err)
	_, err = people.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: name, PolicyArn: aws.String("arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess")})
	ok(t, err)
	made, err := people.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})
	ok(t, err)
	return credentials.NewStaticCredentialsProvider(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, "")
}

// expect looks for everything that prepare made, as the user, and for the items with the given ids besides.
func expect(t *testing.T, s *harness.Server, key aws.CredentialsProvider, more ...int) {
	t.Helper()
	conf := s.Config.Copy()
	conf.Credentials = key
	db := dynamodb.NewFromConfig(conf)
	missing := make(map[string]bool)
	for i := range items {
		missing[fmt.Sprint(i)] = true
	}
	for _, i := range more {
		missing[fmt.Sprint(i)] = true
	}
	indexed := maps.Clone(missing)
	for _, look := range []struct {
		index   *string
		missing map[string]bool
	}{{nil, missing}, {aws.String("groups"), indexed}} {
		pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: aws.String(tableName), IndexName: look.index})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			ok(t, err)
			for _, it := range page.Items {
				id := it["id"].(*types.AttributeValueMemberN).Value
				if text, is := it["text"].(*types.AttributeValueMemberS); look.index == nil && (!is || len(text.Value) != 2000) || !look.missing[id] {
					t.Errorf("item %s is not what it was, or is there twice", id)
				}
				delete(look.missing, id)
			}
		}
		if len(look.missing) > 0 {
			t.Errorf("%d items are missing in index %q", len(look.missing), aws.ToString(look.index))
		}
	}
	signIn := fmt.Sprintf(`{"Type":"user","Account":%q,"UserName":"ada","Password":%q}`, s.Account, password)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Endpoint+"/signin/session", strings.NewReader(signIn))
	ok(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Stator-Console", "1")
	req.Header.Set("Origin", s.Endpoint)
	res, err := http.DefaultClient.Do(req)
	ok(t, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("sign-in: %s", res.Status)
	}
}

// output is what a process writes.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) has(text string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Contains(o.text.String(), text)
}

// stator starts the command, which is killed when the test ends.
func stator(t *testing.T, out *output, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(harness.Binary(t), args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = harness.CleanEnv(), out, out
	ok(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

// runs runs the command, and expects it to fail, or not, with a text.
func runs(t *testing.T, fails bool, text string, args ...string) {
	t.Helper()
	var out output
	if err := stator(t, &out, args...).Wait(); (err != nil) != fails || !out.has(text) {
		t.Fatalf("stator %s: %v, and %q, want %q in it", args, err, out.text.String(), text)
	}
}

// await waits until is says so.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// copied is how many entries the target has.
func copied(t *testing.T, text string) (n int) {
	t.Helper()
	at, err := url.Parse(text)
	ok(t, err)
	query := at.Query()
	schema := query.Get("schema")
	query.Del("schema")
	at.RawQuery = query.Encode()
	c, err := pgx.Connect(t.Context(), at.String())
	ok(t, err)
	defer func() { ok(t, c.Close(context.WithoutCancel(t.Context()))) }()
	_ = c.QueryRow(t.Context(), `SELECT count(*) FROM `+pgx.Identifier{schema}.Sanitize()+`.entries`).Scan(&n) // no schema yet
	return n
}

// From a folder to PostgreSQL, killed on the way; and, while a server goes on with it there, back to another folder.
func TestThereAndBack(t *testing.T) {
	engine.Embedded(t, "it moves from the embedded engine to a PostgreSQL of its own, and back")
	s := harness.Start(t)
	key := prepare(t, s)
	target := postgrestest.Start(t).URL()

	runs(t, true, "another process", "migrate", "--from", s.Data, "--to", target) // as the server has the folder open
	s.Stop()
	var out output
	killed := stator(t, &out, "migrate", "--from", s.Data, "--to", target)
	await(t, "the copy to begin", func() bool { return copied(t, target) > 1000 })
	ok(t, killed.Process.Kill())
	if err := killed.Wait(); err == nil {
		t.Fatal("it was done before it was killed: the data is too small for this test")
	}
	runs(t, true, "being filled by stator migrate", "serve", "--engine", "postgres", "--engine-url", target, "--data", t.TempDir(), "--listen", "127.0.0.1:0")
	runs(t, true, "--resume", "migrate", "--from", s.Data, "--to", target)
	runs(t, false, "each compared", "migrate", "--from", s.Data, "--to", target, "--resume")
	runs(t, true, "not empty", "migrate", "--from", s.Data, "--to", target)

	shared := harness.Start(t, "--data", s.Data, "--engine", "postgres", "--engine-url", target)
	expect(t, shared, key)

	back := filepath.Join(t.TempDir(), "back")
	out = output{}
	online := stator(t, &out, "migrate", "--from", target, "--to", back)
	await(t, "the migration to see the server", func() bool { return out.has("1 servers use the source") })
	db := dynamodb.NewFromConfig(shared.Config)
	for i := range 100 {
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(tableName), Item: item(items + i)})
		ok(t, err)
	}
	await(t, "all but the rest to be copied", func() bool { return out.has("Waiting for the servers to stop") })
	_, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(tableName), Key: map[string]types.AttributeValue{"id": item(items)["id"]}})
	ok(t, err)
	shared.Stop()
	if err := online.Wait(); err != nil {
		t.Fatalf("%v: %s", err, out.text.String())
	}
	runs(t, false, " 0 problems", "check", "--data", back)
	for _, file := range []string{"master-key", "credentials"} {
		text, err := os.ReadFile(filepath.Join(s.Data, file))
		ok(t, err)
		ok(t, os.WriteFile(filepath.Join(back, file), text, 0o600))
	}
	var more []int
	for i := 1; i < 100; i++ {
		more = append(more, items+i)
	}
	expect(t, harness.Start(t, "--data", back), key, more...)
}
