package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func dynamoDBLocalKind() kind {
	return kind{
		name:  "dynamodb-local",
		title: "DynamoDB Local",
		note:  "on disk (-dbPath), where it syncs every write as Stator does; signatures are not checked",
		prepare: func(ctx context.Context, o *options, _ string) (string, error) {
			return peer(ctx, o, "java", filepath.Join("amplify-dynamodb-simulator", "emulator"))
		},
		command: func(folder, port, data string) []string {
			return append(dynamoDBLocalJava(folder), "-port", port, "-dbPath", data, "-sharedDb", "-disableTelemetry")
		},
		credentials: anyCredentials,
		version:     dynamoDBLocalVersion,
	}
}

func dynamoDBLocalMemoryKind() kind {
	k := dynamoDBLocalKind()
	k.name, k.title, k.extra = "dynamodb-local-memory", "DynamoDB Local in memory", true
	k.note = "nothing on disk (-inMemory); signatures are not checked"
	k.command = func(folder, port, _ string) []string {
		return append(dynamoDBLocalJava(folder), "-port", port, "-inMemory", "-sharedDb", "-disableTelemetry")
	}
	return k
}

func dynamoDBLocalJava(folder string) []string {
	return []string{
		"java", "-Djava.library.path=" + filepath.Join(folder, "DynamoDBLocal_lib"),
		"-jar", filepath.Join(folder, "DynamoDBLocal.jar"),
	}
}

func dynamoDBLocalVersion(ctx context.Context, folder string) string {
	java := dynamoDBLocalJava(folder)
	out, err := exec.CommandContext(ctx, java[0], append(java[1:], "-version")...).Output()
	if err != nil {
		return ""
	}
	return firstLine(out)
}

func dynaliteKind() kind {
	return kind{
		name:  "dynalite",
		title: "dynalite",
		note:  "on disk (--path), where it does not sync its writes: a crash of the machine can lose answered ones; signatures are not checked; it has no transactions",
		prepare: func(ctx context.Context, o *options, _ string) (string, error) {
			return peer(ctx, o, "node", "dynalite")
		},
		command: func(folder, port, data string) []string {
			return []string{"node", filepath.Join(folder, "cli.js"), "--host", "127.0.0.1", "--port", port, "--path", data}
		},
		credentials: anyCredentials,
		version: func(_ context.Context, folder string) string {
			text, err := os.ReadFile(filepath.Join(folder, "package.json"))
			if err != nil {
				return ""
			}
			var manifest struct{ Version string }
			if err := json.Unmarshal(text, &manifest); err != nil {
				return ""
			}
			return manifest.Version
		},
	}
}

// peer makes sure that npm has installed the pinned peers and gives the folder of one, or an errSkip that says what
// is missing.
func peer(ctx context.Context, o *options, program, folder string) (string, error) {
	for _, needed := range []string{"npm", program} {
		if _, err := exec.LookPath(needed); err != nil {
			return "", fmt.Errorf("%w: %s is not on this machine", errSkip, needed)
		}
	}
	peers := filepath.Join(o.folder, "peers")
	if err := installPeers(ctx, peers); err != nil {
		return "", err
	}
	return filepath.Join(peers, "node_modules", folder), nil
}

// installPeers runs npm ci unless what is installed is as new as the lock file.
func installPeers(ctx context.Context, peers string) error {
	lock, err := os.Stat(filepath.Join(peers, "package-lock.json"))
	if err != nil {
		return err
	}
	installed, err := os.Stat(filepath.Join(peers, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	install := exec.CommandContext(ctx, "npm", "ci")
	install.Dir = peers
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: npm ci: %w: %s", errSkip, err, shorten(out))
	}
	return nil
}

func firstLine(text []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	return strings.TrimSpace(string(line))
}
