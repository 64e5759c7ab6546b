package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

func statorKind() kind {
	return kind{
		name:    "stator",
		title:   "Stator",
		note:    "as installed: every write synced to disk before its answer, every signature checked, every request authorized",
		prepare: buildStator,
		command: func(binary, port, data string) []string {
			return []string{binary, "serve", "--data", data, "--listen", "127.0.0.1:" + port}
		},
		credentials: statorCredentials,
		version:     statorVersion,
	}
}

// statorOpenKind is Stator without signatures and policies: beside statorKind it shows what those cost.
func statorOpenKind() kind {
	k := statorKind()
	k.name, k.title = "stator-open", "Stator --auth=open"
	k.note = "every write synced to disk before its answer; signatures and policies off"
	k.command = func(binary, port, data string) []string {
		return []string{binary, "serve", "--data", data, "--listen", "127.0.0.1:" + port, "--auth=open"}
	}
	k.credentials = anyCredentials
	return k
}

func statorMemoryKind() kind {
	k := statorOpenKind()
	k.name, k.title, k.extra = "stator-memory", "Stator in memory", true
	k.note = "as for tests: nothing on disk, signatures and policies off"
	k.command = func(binary, port, data string) []string {
		return []string{binary, "serve", "--data", data, "--listen", "127.0.0.1:" + port, "--auth=open", "--engine=memory"}
	}
	return k
}

// buildStator builds the server from this tree, unless the command line named a binary. A tree that does not build is
// no reason to publish a comparison without it.
func buildStator(ctx context.Context, o *options, temp string) (string, error) {
	if o.stator != "" {
		return filepath.Abs(o.stator)
	}
	binary := filepath.Join(temp, "stator")
	return binary, goBuild(ctx, o, binary, "./cmd/stator")
}

// goBuild builds a command of this tree.
func goBuild(ctx context.Context, o *options, binary, command string) error {
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, command)
	build.Dir = o.root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w: %s", command, err, shorten(out))
	}
	return nil
}

// statorCredentials reads the key pair that the first start writes into the data folder.
func statorCredentials(ctx context.Context, data string) (aws.Credentials, error) {
	profile, err := config.LoadSharedConfigProfile(ctx, "default", func(o *config.LoadSharedConfigOptions) {
		o.CredentialsFiles = []string{filepath.Join(data, "credentials")}
		o.ConfigFiles = []string{}
	})
	if err != nil {
		return aws.Credentials{}, err
	}
	if !profile.Credentials.HasKeys() {
		return aws.Credentials{}, fmt.Errorf("no key pair in %s yet", data)
	}
	return profile.Credentials, nil
}

func statorVersion(ctx context.Context, binary string) string {
	out, err := exec.CommandContext(ctx, binary, "version").Output()
	if err != nil {
		return ""
	}
	fields := strings.Fields(firstLine(out)) // stator VERSION GO
	if len(fields) < 2 || fields[1] == "(devel)" {
		return ""
	}
	return fields[1]
}
