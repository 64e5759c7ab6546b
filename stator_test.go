package stator_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator"
)

func open(t *testing.T, opts stator.Options) *stator.Server {
	t.Helper()
	s, err := stator.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// client is one of the SDK, of a server in this process.
func client(t *testing.T, s *stator.Server) *dynamodb.Client {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	key, ok := s.Credentials()
	if !ok {
		t.Fatal("no credentials")
	}
	return dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(web.URL), Region: s.Region(), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, ""),
	})
}

func TestDurable(t *testing.T) {
	opts := stator.Options{Data: filepath.Join(t.TempDir(), "data"), Account: "111122223333"}
	s := open(t, opts)
	c := client(t, s)
	_, err := c.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String("Music"),
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("Artist"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("Artist"), KeyType: types.KeyTypeHash}},
		BillingMode:          types.BillingModePayPerRequest,
	})
	if err != nil {
		t.Fatal(err)
	}
	item := map[string]types.AttributeValue{"Artist": &types.AttributeValueMemberS{Value: "No One You Know"}}
	if _, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("Music"), Item: item}); err != nil {
		t.Fatal(err)
	}
	first, _ := s.Credentials()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	sum, err := stator.Check(t.Context(), opts, func(problem string) { t.Error(problem) })
	if err != nil || sum.Tables != 1 || sum.Items != 1 || sum.Identities == 0 {
		t.Errorf("%+v %v", sum, err)
	}

	opts.Account = ""
	s = open(t, opts)
	if again, _ := s.Credentials(); again != first || again.Account != "111122223333" {
		t.Errorf("%s, then %s", first.AccessKeyID, again.AccessKeyID)
	}
	got, err := client(t, s).GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("Music"), Key: item})
	if err != nil || len(got.Item) != 1 {
		t.Error(got, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// The operator may keep the credentials elsewhere. The server does not need them.
	if err := os.Remove(first.File); err != nil {
		t.Fatal(err)
	}
	s = open(t, opts)
	defer s.Close()
	if c, ok := s.Credentials(); ok || c.Account != "111122223333" {
		t.Errorf("%+v", c)
	}
}

func TestMasterKeyFromOutside(t *testing.T) {
	key := strings.Repeat("A", 43) + "="
	opts := stator.Options{Data: t.TempDir(), MasterKey: key}
	s := open(t, opts)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(opts.Data, "master-key")); err == nil {
		t.Error("a master key was written")
	}
	s = open(t, opts)
	defer s.Close()
}

// The SDK checks x-amz-crc32 of what it gets, compressed or not.
func TestCompressedAnswer(t *testing.T) {
	s := open(t, stator.Options{})
	defer s.Close()
	web := httptest.NewServer(s)
	defer web.Close()
	key, _ := s.Credentials()
	for _, zipped := range []bool{false, true} {
		c := dynamodb.New(dynamodb.Options{
			BaseEndpoint: aws.String(web.URL), Region: s.Region(), EnableAcceptEncodingGzip: zipped,
			Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, ""),
		})
		for i := range 100 {
			name := aws.String(strings.Repeat("n", 200) + strconv.Itoa(i))
			if zipped {
				break
			}
			_, err := c.CreateTable(t.Context(), &dynamodb.CreateTableInput{
				TableName:            name,
				AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("a"), AttributeType: types.ScalarAttributeTypeS}},
				KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("a"), KeyType: types.KeyTypeHash}},
				BillingMode:          types.BillingModePayPerRequest,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		got, err := c.ListTables(t.Context(), &dynamodb.ListTablesInput{})
		if err != nil {
			t.Fatalf("zipped %v: %v", zipped, err)
		}
		if len(got.TableNames) != 100 {
			t.Errorf("zipped %v: %d tables", zipped, len(got.TableNames))
		}
	}
}

// A first start that finds credentials takes them: they may be the only copy.
func TestCredentialsAreKept(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(data, "credentials")
	const text = "[default]\naws_access_key_id = AKIAQAAAAAAAAAAAAAAA\naws_secret_access_key = 0123456789012345678901234567890123456789\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, stator.Options{Data: data})
	if _, err := client(t, s).ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); string(got) != text || err != nil {
		t.Errorf("%s %v", got, err)
	}

	data = t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "credentials"), []byte("[default]\naws_access_key_id = mine\naws_secret_access_key = short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := stator.Open(stator.Options{Data: data}); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("credentials of another kind: %v", err)
	}
}

func TestOptions(t *testing.T) {
	for _, bad := range []stator.Options{
		{Engine: "oracle"}, {Engine: stator.EnginePebble}, {Auth: "none"}, {Account: "1"}, {Region: "a b"}, {MasterKey: "short"}, {ShardLife: time.Millisecond}, {ShardLife: 25 * time.Hour},
	} {
		if s, err := stator.Open(bad); err == nil {
			t.Errorf("%+v was taken", bad)
			s.Close()
		}
	}
}

// Mails with links that lead nowhere are not sent unnoticed.
func TestMailsWithoutAddress(t *testing.T) {
	for _, c := range []struct {
		smtp, public string
		warned       bool
	}{{"", "", false}, {"smtps://mail.example.com", "", true}, {"smtps://mail.example.com", "https://db.example.com", false}} {
		var log bytes.Buffer
		opts := stator.Options{Account: "111122223333", SMTPURL: c.smtp, PublicURL: c.public, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		if c.smtp != "" {
			opts.SMTPFrom = "stator@example.com"
		}
		s := open(t, opts)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if warned := strings.Contains(log.String(), "--public-url"); warned != c.warned {
			t.Errorf("%+v: %s", c, &log)
		}
	}
}
