// Package agent gives the credentials of a role to the processes of a host, as AWS's container agents and instance metadata do:
// where the credentials come from (a Source), keeping them fresh (a Keeper), and the HTTP endpoints that AWS's clients ask
// (a Handler).
//
// It is a client of the server's APIs like any other, and imports nothing of ours. The main rule: no secret is logged, or given to
// anybody who does not show that it is a process of this host which may have it.
package agent

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Source gives out new credentials of a role each time. Its error is for people.
type Source interface {
	Retrieve(ctx context.Context) (aws.Credentials, error)
}

// tokenBytes is how much chance a token has, and minToken how long one from elsewhere has to be at the least.
const (
	tokenBytes = 32
	minToken   = 32
)

// ReadToken returns the token in a file, which nobody but its owner may read. If there is no file it makes one.
func ReadToken(path string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return writeToken(path)
	}
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("others than its owner may read or write %s (mode %04o): chmod 600 it, or remove it so that a new token is made", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if len(token) < minToken || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fmt.Errorf("%s has no token of %d letters at least: remove it so that a new token is made", path, minToken)
	}
	return token, nil
}

// writeToken makes a token. Clients take the whole file for it, so there is no line break at its end.
func writeToken(path string) (string, error) {
	var raw [tokenBytes]byte
	rand.Read(raw[:]) // never fails
	token := base64.RawURLEncoding.EncodeToString(raw[:])
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(token)
	return token, errors.Join(err, f.Close())
}
