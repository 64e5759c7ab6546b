package clients

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/uuid"

	"github.com/statordb/stator/tests/harness"
)

// Applications that have no keys: what runs them vouches for them with a token ("Create an OpenID Connect (OIDC) identity provider in
// IAM", IAM User Guide).

// audience is the one that clusters and CI systems give tokens for AWS.
const audience = "sts.amazonaws.com"

// serviceAccount are the claims of a token that a Kubernetes API server projects into a pod ("Managing Service Accounts", Kubernetes):
// bound to the pod, of one audience, and renewed in place.
func serviceAccount(namespace, name string) map[string]any {
	return map[string]any{"aud": []string{audience}, "sub": "system:serviceaccount:" + namespace + ":" + name, "jti": uuid.NewString(),
		"kubernetes.io": map[string]any{"namespace": namespace, "node": map[string]string{"name": "node-1", "uid": uuid.NewString()},
			"pod":            map[string]string{"name": name + "-7d4b9c-x2x7k", "uid": uuid.NewString()},
			"serviceaccount": map[string]string{"name": name, "uid": uuid.NewString()}, "warnafter": time.Now().Add(time.Hour).Unix()}}
}

// workflow are the claims of a token of GitHub Actions ("OpenID Connect reference", GitHub Docs).
func workflow(repository, ref string) map[string]any {
	owner, _, _ := strings.Cut(repository, "/")
	return map[string]any{"aud": audience, "sub": "repo:" + repository + ":ref:" + ref, "jti": uuid.NewString(), "ref": ref, "ref_type": "branch",
		"repository": repository, "repository_id": "74", "repository_owner": owner, "repository_owner_id": "65", "repository_visibility": "private",
		"run_id": "1234567890", "run_number": "10", "run_attempt": "2", "actor": "octocat", "actor_id": "12", "event_name": "push", "workflow": "deploy",
		"job_workflow_ref": repository + "/.github/workflows/deploy.yml@" + ref, "runner_environment": "github-hosted", "sha": "example-sha"}
}

// TestKubernetes is a pod with a projected service account token, and the unchanged SDKs in it.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	s, b, cluster := harness.Shared(t), create(t), startIssuer(t)
	cluster.registerFor(t, audience)
	r := role(t, "orders", cluster.trusting(s.Account, `{"StringEquals":{"ISSUER:sub":"system:serviceaccount:shop:orders","ISSUER:aud":"`+audience+`"}}`), b.items())
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, cluster.token(t, serviceAccount("shop", "orders")))
	// As Amazon EKS's pod identity webhook sets them, and a manifest can without it.
	// The Go SDK asks STS for them where AWS_ENDPOINT_URL_STS says, and not where AWS_ENDPOINT_URL does.
	h := newHome(t, "", "").serverIn(t).with("AWS_ENDPOINT_URL_STS="+s.Endpoint, "AWS_WEB_IDENTITY_TOKEN_FILE="+token, "AWS_ROLE_ARN="+r.arn, "AWS_ROLE_SESSION_NAME=orders-pod")

	t.Run("Go", func(t *testing.T) {
		out, stderr, err := h.with("STATOR_TEST_CHILD=default").try(t, os.Args[0], "-test.run=^TestGoChild$")
		if err != nil || !strings.Contains(out, "I am "+r.session("orders-pod")+"\n") {
			t.Errorf("%v: %s%s", err, out, stderr)
		}
	})
	t.Run("Python", func(t *testing.T) {
		out, stderr, err := h.try(t, harness.Boto3(t), "-c", "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])")
		if err != nil || out != r.session("orders-pod") {
			t.Errorf("%v: %s%s", err, out, stderr)
		}
	})
	t.Run("JavaScript", func(t *testing.T) {
		text, err := json.Marshal(map[string]string{"table": b.name, "principal": r.session("orders-pod")})
		must(t, "encode", err)
		harness.JavaScript(t, h.with("STATOR_TEST="+string(text)).env, "../sdk/js", "js/workload.test.mjs")
	})

	// The kubelet renews the token in place; SDKs read it when they need new credentials.
	provider := stscreds.NewWebIdentityRoleProvider(once(t), r.arn, stscreds.IdentityTokenFile(token))
	claims := serviceAccount("shop", "orders")
	claims["exp"], claims["iat"], claims["nbf"] = time.Now().Add(-time.Minute).Unix(), time.Now().Add(-time.Hour).Unix(), time.Now().Add(-time.Hour).Unix()
	write(t, token, cluster.token(t, claims))
	_, err := provider.Retrieve(t.Context())
	fails(t, "an old token", err, "ExpiredTokenException", "Token expired")
	write(t, token, cluster.token(t, serviceAccount("shop", "orders")))
	_, err = provider.Retrieve(t.Context())
	must(t, "a renewed token", err)

	another := startIssuer(t) // a cluster that nobody knows, and one that says that it is this one
	for what, c := range map[string]struct {
		token string
		code  string
	}{
		"another service account":   {cluster.token(t, serviceAccount("shop", "payments")), "AccessDenied"},
		"another namespace":         {cluster.token(t, serviceAccount("default", "orders")), "AccessDenied"},
		"for the API server itself": {cluster.token(t, with(serviceAccount("shop", "orders"), "aud", []string{"https://kubernetes.default.svc"})), "InvalidIdentityToken"},
		"an unknown cluster":        {another.token(t, serviceAccount("shop", "orders")), "InvalidIdentityToken"},
		"a cluster's lie":           {another.token(t, with(serviceAccount("shop", "orders"), "iss", cluster.url)), "InvalidIdentityToken"},
		"not yet":                   {cluster.token(t, with(serviceAccount("shop", "orders"), "nbf", time.Now().Add(time.Hour).Unix())), "InvalidIdentityToken"},
	} {
		assumes(t, what, r, c.token, c.code)
	}
}

func with(claims map[string]any, name string, value any) map[string]any {
	claims = maps.Clone(claims)
	claims[name] = value
	return claims
}

// once is STS for whoever has no keys, asked once: the SDK takes some refusals of tokens for a reason to try again.
func once(t *testing.T) *sts.Client {
	return sts.NewFromConfig(config(t, aws.AnonymousCredentials{}), func(o *sts.Options) { o.Retryer = aws.NopRetryer{} })
}

// assumes expects an error of that code, or none if it is "".
func assumes(t *testing.T, what string, r part, token, code string) {
	t.Helper()
	name := "ci"
	_, err := once(t).AssumeRoleWithWebIdentity(t.Context(),
		&sts.AssumeRoleWithWebIdentityInput{RoleArn: &r.arn, RoleSessionName: &name, WebIdentityToken: &token})
	if code == "" {
		must(t, what, err)
		return
	}
	fails(t, what, err, code, "")
}

// TestGitHubActions is a workflow with a token of its CI system: only the repository, and only what is on its release branches.
func TestGitHubActions(t *testing.T) {
	t.Parallel()
	s, ci := harness.Shared(t), startIssuer(t)
	ci.registerFor(t, audience)
	r := role(t, "deploy", ci.trusting(s.Account, `{"StringEquals":{"ISSUER:aud":"`+audience+`"},"StringLike":{"ISSUER:sub":"repo:octo-org/octo-repo:ref:refs/heads/release-*"}}`))
	anything := role(t, "open", ci.trusting(s.Account, `{"StringLike":{"ISSUER:sub":"repo:octo-org/*"}}`))
	claims := workflow("octo-org/octo-repo", "refs/heads/release-1")
	for what, c := range map[string]struct {
		claims map[string]any
		code   string
	}{
		"a release branch":     {claims, ""},
		"another branch":       {workflow("octo-org/octo-repo", "refs/heads/main"), "AccessDenied"},
		"a fork":               {workflow("evil-org/octo-repo", "refs/heads/release-1"), "AccessDenied"},
		"a longer name":        {workflow("octo-org/octo-repo-2", "refs/heads/release-1"), "AccessDenied"},
		"a pull request":       {with(claims, "sub", "repo:octo-org/octo-repo:pull_request"), "AccessDenied"},
		"an environment":       {with(claims, "sub", "repo:octo-org/octo-repo:environment:production"), "AccessDenied"},
		"another case":         {with(claims, "sub", "repo:Octo-Org/octo-repo:ref:refs/heads/release-1"), "AccessDenied"},
		"GitHub's own default": {with(claims, "aud", "https://github.com/octo-org"), "InvalidIdentityToken"},
		"several audiences":    {with(claims, "aud", []string{"https://github.com/octo-org", audience}), ""},
		"no subject":           {with(claims, "sub", ""), "InvalidIdentityToken"},
	} {
		assumes(t, what, r, ci.token(t, c.claims), c.code)
	}
	assumes(t, "a pattern for all repositories", anything, ci.token(t, workflow("octo-org/other", "refs/heads/x")), "")
}
