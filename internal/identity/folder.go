package identity

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folder is a data folder, as far as it holds what the operator needs and the engine must not have: the first access
// key, the setup token and the master key. All are readable by the owner only.
type Folder string

// The files.
const (
	credentialsFile = "credentials"
	setupTokenFile  = "setup-token"
	masterKeyFile   = "master-key"
)

// CredentialsPath is where the first access key is, in the format of the AWS CLI and SDKs, profile default.
func (f Folder) CredentialsPath() string { return filepath.Join(string(f), credentialsFile) }

// MasterKeyPath is where the master key is.
func (f Folder) MasterKeyPath() string { return filepath.Join(string(f), masterKeyFile) }

// MasterKeys reads the master keys, of which the first is in use. The error is fs.ErrNotExist if there are none.
func (f Folder) MasterKeys() ([]MasterKey, error) {
	text, err := os.ReadFile(f.MasterKeyPath())
	if err != nil {
		return nil, err
	}
	keys, err := ParseMasterKeys(string(text))
	if err != nil {
		err = fmt.Errorf("%s: %w", f.MasterKeyPath(), err)
	}
	return keys, err
}

// WriteMasterKey writes a new master key. It never replaces one: without it nobody can read the secrets.
func (f Folder) WriteMasterKey(k MasterKey) error {
	if _, err := os.Lstat(f.MasterKeyPath()); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s is there already", f.MasterKeyPath()), err)
	}
	return f.WriteMasterKeys(k)
}

// WriteMasterKeys writes the master keys in the place of those that are there, the one in use first.
func (f Folder) WriteMasterKeys(keys ...MasterKey) error {
	text := ""
	for _, k := range keys {
		text += k.Encode() + "\n"
	}
	return f.write(masterKeyFile, text)
}

// AccessKey reads the access key of profile default. The error is fs.ErrNotExist if there is no file.
func (f Folder) AccessKey() (AccessKey, error) {
	text, err := os.ReadFile(f.CredentialsPath())
	if err != nil {
		return AccessKey{}, err
	}
	k := parseCredentials(text)
	if k.ID == "" || k.Secret == "" {
		return k, fmt.Errorf("%s has no access key in profile default", f.CredentialsPath())
	}
	return k, nil
}

// WriteAccessKey writes the first access key.
func (f Folder) WriteAccessKey(k AccessKey) error {
	return f.write(credentialsFile, "[default]\naws_access_key_id = "+k.ID+"\naws_secret_access_key = "+k.Secret+"\n")
}

// WriteSetupToken writes the setup token.
func (f Folder) WriteSetupToken(token string) error { return f.write(setupTokenFile, token+"\n") }

// SetupTokenPath is where the setup token is, until somebody has claimed the root user.
func (f Folder) SetupTokenPath() string { return filepath.Join(string(f), setupTokenFile) }

// RemoveSetupToken removes the setup token, if it is there.
func (f Folder) RemoveSetupToken() error {
	if err := os.Remove(f.SetupTokenPath()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// write replaces a file as a whole, and returns when it is on disk.
func (f Folder) write(name, text string) (err error) {
	t, err := os.CreateTemp(string(f), name+".*") // its mode is 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = t.Close()
			_ = os.Remove(t.Name())
		}
	}()
	if _, err = t.WriteString(text); err != nil {
		return err
	}
	if err = t.Sync(); err != nil {
		return err
	}
	if err = t.Close(); err != nil {
		return err
	}
	if err = os.Rename(t.Name(), filepath.Join(string(f), name)); err != nil {
		return err
	}
	dir, err := os.Open(string(f))
	if err != nil {
		return err
	}
	_ = dir.Sync() // not every system can
	return dir.Close()
}

// parseCredentials reads the profile default of a shared credentials file.
func parseCredentials(text []byte) (k AccessKey) {
	section := ""
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			section = strings.TrimSpace(strings.Trim(line, "[]"))
			continue
		}
		name, value, _ := strings.Cut(line, "=")
		if section != "default" {
			continue
		}
		switch strings.TrimSpace(name) {
		case "aws_access_key_id":
			k.ID = strings.TrimSpace(value)
		case "aws_secret_access_key":
			k.Secret = strings.TrimSpace(value)
		}
	}
	return k
}
