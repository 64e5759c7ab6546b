package clients

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/tests/harness"
)

// recorded notes the access key ids that a provider gives.
type recorded struct {
	aws.CredentialsProvider
	mu  sync.Mutex
	ids map[string]int
}

func record(p aws.CredentialsProvider) *recorded {
	return &recorded{CredentialsProvider: p, ids: map[string]int{}}
}

func (r *recorded) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := r.CredentialsProvider.Retrieve(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids[c.AccessKeyID]++
	return c, err
}

// Keys that are renewed all the time, while requests go on: a window longer than they last makes the cache ask again
// for each request.
func TestGoAssumeRoleRefresh(t *testing.T) {
	t.Parallel()
	b, u := create(t), user(t, "user")
	r := role(t, "role", trust(u.arn, ""), b.items())
	provider := func(window time.Duration) *recorded {
		return record(aws.NewCredentialsCache(
			stscreds.NewAssumeRoleProvider(sts.NewFromConfig(config(t, these(u.creds))), r.arn, func(o *stscreds.AssumeRoleOptions) {
				o.RoleSessionName, o.Duration = "worker", 15*time.Minute
			}),
			func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = window },
		))
	}
	lasting := provider(10 * time.Second)
	b.shows(t, config(t, lasting), r.session("worker"))
	if len(lasting.ids) != 1 {
		t.Errorf("keys that last were got %d times", len(lasting.ids))
	}
	c, err := lasting.Retrieve(t.Context())
	must(t, "retrieve", err)
	lasts(t, c.Expires.Add(10*time.Second), 15*time.Minute)

	renewed := provider(time.Hour)
	db := dynamodb.NewFromConfig(config(t, renewed))
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			for i := range 10 {
				item := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: fmt.Sprint(w, "/", i)}}
				if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &b.name, Item: item}); err != nil {
					t.Errorf("worker %d: %v", w, err)
				}
				if out, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &b.name, Key: item}); err != nil || len(out.Item) != 1 {
					t.Errorf("worker %d: %v, error %v", w, out, err)
				}
			}
		})
	}
	workers.Wait()
	// Workers that ask at the same time share an answer, so each has at least as many keys as one has requests.
	if n := len(renewed.ids); n < 20 {
		t.Errorf("160 requests of 8 workers used %d keys", n)
	}
}

func TestGoAssumeRoleWithMFA(t *testing.T) {
	t.Parallel()
	b, u := create(t), user(t, "user", allow("sts:AssumeRole", "*"))
	r := role(t, "role", trust(u.arn, `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), b.items())
	d := withDevice(t, u)
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(config(t, these(u.creds))), r.arn, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName, o.SerialNumber = "alice", &d.serial
		o.TokenProvider = func() (string, error) { return d.code(1), nil }
	})
	b.shows(t, config(t, aws.NewCredentialsCache(provider)), r.session("alice"))
	_, err := provider.Retrieve(t.Context())
	fails(t, "a code that was used", err, "AccessDenied", "MultiFactorAuthentication failed")
}

func TestGoWebIdentity(t *testing.T) {
	t.Parallel()
	b, i := create(t), startIssuer(t)
	i.register(t)
	r := role(t, "role", i.trust(harness.Shared(t).Account), b.items())
	provider := func(subject string) aws.CredentialsProvider {
		return stscreds.NewWebIdentityRoleProvider(sts.NewFromConfig(config(t, aws.AnonymousCredentials{})), r.arn,
			stscreds.IdentityTokenFile(i.tokenFile(t, subject)), func(o *stscreds.WebIdentityRoleOptions) { o.RoleSessionName = "pod" })
	}
	b.shows(t, config(t, aws.NewCredentialsCache(provider("alice"))), r.session("pod"))
	_, err := provider("mallory").Retrieve(t.Context())
	fails(t, "another subject", err, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

func TestGoContainer(t *testing.T) {
	t.Parallel()
	b := create(t)
	c := startContainer(t, role(t, "role", trust("*", ""), b.items()))
	cache := aws.NewCredentialsCache(endpointcreds.New(c.url, func(o *endpointcreds.Options) { o.AuthorizationToken = c.token }))
	b.shows(t, config(t, cache), c.role.session("task"))
	cache.Invalidate()
	b.shows(t, config(t, cache), c.role.session("task"))
	if n := c.given.Load(); n != 2 {
		t.Errorf("credentials were taken %d times", n)
	}
	_, err := endpointcreds.New(c.url).Retrieve(t.Context())
	if err == nil || !strings.Contains(err.Error(), "Unauthorized") {
		t.Errorf("without the token: %v", err)
	}
}

func TestGoProcess(t *testing.T) {
	t.Parallel()
	b := create(t)
	u := user(t, "user", b.items())
	provider := processcreds.NewProviderCommand(processcreds.NewCommandBuilderFunc(func(ctx context.Context) (*exec.Cmd, error) {
		return exec.CommandContext(ctx, "echo", process(u.creds)), nil
	}))
	b.shows(t, config(t, provider), u.arn)
}

// TestGoSharedConfig loads profiles of all kinds from files, as a program does that is given a profile's name.
//
// This SDK looks for credentials before it reads endpoint_url, and takes the endpoint of STS from a section for services.
func TestGoSharedConfig(t *testing.T) {
	t.Parallel()
	b, i, u := create(t), startIssuer(t), user(t, "user", allow("sts:AssumeRole", "*"))
	i.register(t)
	r := role(t, "role", trust(u.arn, `{"StringEquals":{"sts:ExternalId":"12345"}}`), b.items(), allow("sts:AssumeRole", "*"))
	last := role(t, "last", trust(r.arn, ""), b.items())
	pod := role(t, "pod", i.trust(harness.Shared(t).Account), b.items())
	h := newHome(t, "", keys("base", u.creds))
	script := h.program(t, "process", "echo '"+process(u.creds)+"'")
	const services = "services = stator"
	write(t, h.config(), profile(t, "base", services)+
		profile(t, "role", services, "role_arn = "+r.arn, "source_profile = base", "external_id = 12345", "duration_seconds = 900", "role_session_name = alice")+
		profile(t, "chain", services, "role_arn = "+last.arn, "source_profile = role", "role_session_name = bob")+
		profile(t, "pod", services, "role_arn = "+pod.arn, "web_identity_token_file = "+i.tokenFile(t, "alice"), "role_session_name = pod")+
		profile(t, "process", "credential_process = "+script)+
		"[services stator]\nsts =\n  endpoint_url = "+harness.Shared(t).Endpoint+"\n")
	for name, principal := range map[string]string{
		"role": r.session("alice"), "chain": last.session("bob"), "pod": pod.session("pod"), "process": u.arn,
	} {
		t.Run(name, func(t *testing.T) {
			c, err := awsconfig.LoadDefaultConfig(t.Context(), awsconfig.WithSharedConfigProfile(name),
				awsconfig.WithSharedConfigFiles([]string{h.config()}), awsconfig.WithSharedCredentialsFiles([]string{h.credentials()}))
			must(t, "load", err)
			if c.Region != region {
				t.Errorf("region %s", c.Region)
			}
			if name == "process" {
				if got := whoami(t, c); got != principal {
					t.Errorf("the credentials are of %s, want %s", got, principal)
				}
				return
			}
			b.shows(t, c, principal)
		})
	}
}

// TestGoEnvironment loads what the environment has, as a container's program does.
func TestGoEnvironment(t *testing.T) {
	t.Parallel()
	s, b, i := harness.Shared(t), create(t), startIssuer(t)
	i.register(t)
	pod := role(t, "pod", i.trust(s.Account), b.items())
	task := startContainer(t, role(t, "task", trust("*", ""), b.items()))
	tokenFile := filepath.Join(t.TempDir(), "token")
	write(t, tokenFile, task.token)
	// A profile whose role is assumed with the keys that `stator env` prints.
	shell := role(t, "shell", trust("*", ""))
	config := filepath.Join(t.TempDir(), "config")
	write(t, config, "[profile role]\nrole_arn = "+shell.arn+"\ncredential_source = Environment\nrole_session_name = shell\n")
	for _, c := range []struct {
		name, principal string
		env             []string
	}{
		{"shell", shell.session("shell"), append(slices.Clone(s.Env), "AWS_CONFIG_FILE="+config, "STATOR_TEST_CHILD=role")},
		{"pod", pod.session("pod"), []string{"AWS_ENDPOINT_URL_STS=" + s.Endpoint,
			"AWS_WEB_IDENTITY_TOKEN_FILE=" + i.tokenFile(t, "alice"), "AWS_ROLE_ARN=" + pod.arn, "AWS_ROLE_SESSION_NAME=pod"}},
		{"task", task.role.session("task"), []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=" + task.url,
			"AWS_CONTAINER_AUTHORIZATION_TOKEN=" + task.token}},
		{"task with a token in a file", task.role.session("task"), []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=" + task.url,
			"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + tokenFile}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHome(t, "", "").serverIn(t).with("STATOR_TEST_CHILD=default").with(c.env...)
			out, stderr, err := h.try(t, os.Args[0], "-test.run=^TestGoChild$")
			if err != nil || !strings.Contains(out, "I am "+c.principal+"\n") {
				t.Errorf("%v: %s%s\nwant %s", err, out, stderr, c.principal)
			}
		})
	}
}

// TestGoChild is the program that TestGoEnvironment runs. It loads the profile that STATOR_TEST_CHILD names.
func TestGoChild(t *testing.T) {
	name := os.Getenv("STATOR_TEST_CHILD")
	if name == "" {
		t.Skip("it is for TestGoEnvironment")
	}
	var load []func(*awsconfig.LoadOptions) error
	if name != "default" {
		load = append(load, awsconfig.WithSharedConfigProfile(name))
	}
	c, err := awsconfig.LoadDefaultConfig(t.Context(), load...)
	must(t, "load", err)
	fmt.Println("I am " + whoami(t, c))
}

// connect is how a tool of another maker is told of a database: an endpoint, a region, a key pair, and a role to
// assume, with the external id that the role's owner was given. STS is at the endpoint too.
func connect(ctx context.Context, endpoint, region, accessKey, secretKey, roleARN, externalID string) (*dynamodb.Client, error) {
	c, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(region), awsconfig.WithBaseEndpoint(endpoint),
		awsconfig.WithCredentialsProvider(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}, nil
		})))
	if err != nil {
		return nil, err
	}
	if roleARN != "" {
		c.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(c), roleARN, func(o *stscreds.AssumeRoleOptions) {
			if o.RoleSessionName = "connector"; externalID != "" {
				o.ExternalID = &externalID
			}
		}))
	}
	return dynamodb.NewFromConfig(c), nil
}

func TestConnector(t *testing.T) {
	t.Parallel()
	s, b := harness.Shared(t), create(t)
	direct := user(t, "direct", allow("dynamodb:DescribeTable", b.arn))
	vendor := user(t, "vendor", allow("sts:AssumeRole", "*"))
	r := role(t, "role", trust(vendor.arn, `{"StringEquals":{"sts:ExternalId":"customer-7"}}`), allow("dynamodb:DescribeTable", b.arn))
	tries := func(who person, roleARN, externalID string) error {
		t.Helper()
		db, err := connect(t.Context(), s.Endpoint, region, who.creds.AccessKeyID, who.creds.SecretAccessKey, roleARN, externalID)
		must(t, "connect", err)
		_, err = db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &b.name})
		if err == nil {
			_, denied := db.ListTables(t.Context(), &dynamodb.ListTablesInput{})
			fails(t, "list tables", denied, "AccessDeniedException", "is not authorized to perform: dynamodb:ListTables")
		}
		return err
	}
	if err := tries(direct, "", ""); err != nil {
		t.Errorf("a key: %v", err)
	}
	if err := tries(vendor, r.arn, "customer-7"); err != nil {
		t.Errorf("a role with its external id: %v", err)
	}
	fails(t, "no role", tries(vendor, "", ""), "AccessDeniedException", "dynamodb:DescribeTable")
	fails(t, "another external id", tries(vendor, r.arn, "customer-8"), "AccessDenied", "sts:AssumeRole")
	fails(t, "no external id", tries(vendor, r.arn, ""), "AccessDenied", "sts:AssumeRole")
	fails(t, "a role that is none", tries(vendor, r.arn+"x", "customer-7"), "AccessDenied", "sts:AssumeRole")
	fails(t, "another's key", tries(direct, r.arn, "customer-7"), "AccessDenied", "sts:AssumeRole")
	wrong := vendor
	wrong.creds.SecretAccessKey = strings.Repeat("x", 40)
	fails(t, "a wrong secret", tries(wrong, r.arn, "customer-7"), "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.")
}
