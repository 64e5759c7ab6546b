package clients

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/statordb/stator/tests/harness"
)

// home is a user of this machine: a home folder with the AWS configuration files, and environment variables.
type home struct {
	dir   string
	env   []string
	typed string // what its programs read from standard input
}

// newHome makes a home folder with those files in .aws; without text a file is not there.
func newHome(t *testing.T, config, credentials string) home {
	t.Helper()
	h := home{dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(h.dir, ".aws"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{h.config(): config, h.credentials(): credentials} {
		if text != "" {
			write(t, path, text)
		}
	}
	h.env = append(harness.CleanEnv(), "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=", "HOME="+h.dir, "PWD="+h.dir)
	// Python's own packages may be in the real home.
	if real, err := os.UserHomeDir(); err == nil && os.Getenv("PYTHONUSERBASE") == "" {
		h.env = append(h.env, "PYTHONUSERBASE="+filepath.Join(real, ".local"))
	}
	return h
}

// withCLI is newHome for the AWS CLI, or skips the test.
func withCLI(t *testing.T, config, credentials string) home {
	t.Helper()
	path := harness.CLI(t)
	return newHome(t, config, credentials).with("PATH=" + path)
}

func (h home) config() string      { return filepath.Join(h.dir, ".aws", "config") }
func (h home) credentials() string { return filepath.Join(h.dir, ".aws", "credentials") }

// with is the same home with more environment variables.
func (h home) with(env ...string) home {
	h.env = append(slices.Clone(h.env), env...)
	return h
}

// typing is the same home whose programs are given that to read.
func (h home) typing(text string) home {
	h.typed = text
	return h
}

// serverIn says by environment variables alone where the server is.
func (h home) serverIn(t *testing.T) home {
	return h.with("AWS_ENDPOINT_URL="+harness.Shared(t).Endpoint, "AWS_REGION="+region, "AWS_DEFAULT_REGION="+region)
}

// profile is a section of the configuration file that says where the server is, and has more settings.
func profile(t *testing.T, name string, settings ...string) string {
	t.Helper()
	if name != "default" {
		name = "profile " + name
	}
	return fmt.Sprintf("[%s]\nregion = %s\nendpoint_url = %s\n%s\n\n", name, region, harness.Shared(t).Endpoint, strings.Join(settings, "\n"))
}

// keys is a section of the credentials file.
func keys(name string, c aws.Credentials) string {
	s := fmt.Sprintf("[%s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", name, c.AccessKeyID, c.SecretAccessKey)
	if c.SessionToken != "" {
		s += "aws_session_token = " + c.SessionToken + "\n"
	}
	return s
}

// variables are the environment variables that carry credentials.
func variables(c aws.Credentials) []string {
	env := []string{"AWS_ACCESS_KEY_ID=" + c.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + c.SecretAccessKey}
	if c.SessionToken != "" {
		env = append(env, "AWS_SESSION_TOKEN="+c.SessionToken)
	}
	return env
}

// program writes a shell script that is given to clients as a credential_process.
func (h home) program(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// process is what a credential_process prints that has these credentials.
func process(c aws.Credentials) string {
	return fmt.Sprintf(`{"Version":1,"AccessKeyId":%q,"SecretAccessKey":%q}`, c.AccessKeyID, c.SecretAccessKey)
}

func (h home) try(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/usr/bin/env", args...) // finds it on the PATH of h.env
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = h.dir, h.env, strings.NewReader(h.typed), &out, &errs
	err = cmd.Run()
	return strings.TrimSpace(out.String()), errs.String(), err
}

// aws runs a command of the AWS CLI, which has to succeed, and returns what it prints.
func (h home) aws(t *testing.T, args ...string) string {
	t.Helper()
	out, stderr, err := h.try(t, append([]string{"aws"}, args...)...)
	if err != nil {
		t.Fatalf("aws %q: %v\n%s", args, err, stderr)
	}
	return out
}

// refused runs a command of the AWS CLI that has to fail with that text.
func (h home) refused(t *testing.T, want string, args ...string) {
	t.Helper()
	out, stderr, err := h.try(t, append([]string{"aws"}, args...)...)
	if err == nil || !strings.Contains(stderr, want) {
		t.Errorf("aws %q: %v\n%s%s\nwant %s", args, err, out, stderr, want)
	}
}

// shows checks with the CLI that its credentials are the principal's, who may put and get items of the table but not
// delete them. A principal that ends in * stands for all that begin so. more is for the end of each command.
func (h home) shows(t *testing.T, b table, principal string, more ...string) {
	t.Helper()
	run := func(args ...string) []string { return append(args, more...) }
	got := h.aws(t, run("sts", "get-caller-identity", "--query", "Arn", "--output", "text")...)
	if start, any := strings.CutSuffix(principal, "*"); got != principal && !(any && strings.HasPrefix(got, start)) {
		t.Errorf("the credentials are of %s, want %s", got, principal)
	}
	item := fmt.Sprintf(`{"id":{"S":%q}}`, t.Name())
	h.aws(t, run("dynamodb", "put-item", "--table-name", b.name, "--item", item)...)
	h.refused(t, "An error occurred (AccessDeniedException) when calling the DeleteItem operation: "+b.noDelete(got),
		run("dynamodb", "delete-item", "--table-name", b.name, "--key", item)...)
}
