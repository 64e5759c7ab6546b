// Package objects is where exports are written and imports are read: the one object store that the operator gives, a folder, memory,
// or a bucket of any server that speaks S3. It knows nothing of tables.
//
// It imports nothing of ours. Its main rule: a bucket is a part of the one store, below the account that owns it, and no name of
// a bucket and no key leads anywhere else. A bucket is there as long as there is an object in it; the first that is put makes it.
package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"
)

var (
	// ErrName: a bucket or a key that S3 does not have.
	ErrName = errors.New("objects: invalid name of a bucket or key")
	// ErrNoBucket: nothing is in the bucket, and so there is none.
	ErrNoBucket = errors.New("objects: no such bucket")
	// ErrNoObject: no object has the key.
	ErrNoObject = errors.New("objects: no such object")
)

// Bucket is a bucket of an account. Two accounts may have buckets of one name, and see nothing of each other.
type Bucket struct {
	// Account is 12 digits.
	Account string
	Name    string
}

// Object is what List says of an object. Size is in bytes.
type Object struct {
	Key  string
	Size int64
}

// Store is an open object store. It is safe for concurrent use.
type Store struct{ driver driver }

// driver keeps objects under paths: the account, the bucket and the key with slashes between. Names are checked already.
type driver interface {
	put(ctx context.Context, b Bucket, key string, content []byte) error
	// open returns ErrNoObject if there is none.
	open(ctx context.Context, b Bucket, key string) (io.ReadCloser, error)
	// list returns up to limit objects whose keys begin with prefix and come after the key after, in the order of their bytes.
	list(ctx context.Context, b Bucket, prefix, after string, limit int) ([]Object, error)
	close() error
}

// Open opens the store that a URL names: the path of a folder or file:///folder, which is made if need be; mem:// is memory, and
// s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1 a bucket of a server that speaks S3, with the access key in
// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; getenv looks these up.
func Open(location string, getenv func(string) string) (*Store, error) {
	if !strings.Contains(location, "://") {
		return OpenFolder(location)
	}
	u, err := url.Parse(location)
	if err != nil {
		return nil, errors.New("objects: not a URL") // it may have a secret in it
	}
	switch u.Scheme {
	case "mem":
		return Memory(), nil
	case "file":
		if u.Host != "" || u.Path == "" {
			return nil, fmt.Errorf("objects: %q: it is file:///folder", location)
		}
		return OpenFolder(u.Path)
	case "s3":
		return openS3(u, getenv)
	}
	return nil, fmt.Errorf("objects: there is no store %s://: it is a folder, mem:// or s3://bucket", u.Scheme)
}

// Close releases the store.
func (s *Store) Close() error { return s.driver.close() }

// Put stores an object, in the place of the one before if there is one. It is there as a whole or not at all, and durable when
// Put returns.
func (s *Store) Put(ctx context.Context, b Bucket, key string, content []byte) error {
	if err := check(b, key); err != nil {
		return err
	}
	return s.driver.put(ctx, b, key, content)
}

// Open reads an object. ErrNoObject: there is none.
func (s *Store) Open(ctx context.Context, b Bucket, key string) (io.ReadCloser, error) {
	if err := check(b, key); err != nil {
		return nil, err
	}
	return s.driver.open(ctx, b, key)
}

// List returns up to limit objects whose keys begin with prefix and come after the key after, in the order of their bytes.
// ErrNoBucket: there is no object at all in the bucket.
func (s *Store) List(ctx context.Context, b Bucket, prefix, after string, limit int) ([]Object, error) {
	if !validBucket(b) || len(prefix) > maxKey || !utf8.ValidString(prefix) {
		return nil, fmt.Errorf("%w: %q", ErrName, b.Name)
	}
	found, err := s.driver.list(ctx, b, prefix, after, limit)
	if err != nil || len(found) > 0 {
		return found, err
	}
	any, err := s.driver.list(ctx, b, "", "", 1)
	if err == nil && len(any) == 0 {
		err = ErrNoBucket
	}
	return nil, err
}

// maxKey is the longest key in bytes (S3 user guide, "Naming Amazon S3 objects").
const maxKey = 1024

func check(b Bucket, key string) error {
	if !validBucket(b) {
		return fmt.Errorf("%w: bucket %q", ErrName, b.Name)
	}
	if key == "" || len(key) > maxKey || !utf8.ValidString(key) || strings.Contains(key, "\x00") {
		return fmt.Errorf("%w: key %q", ErrName, key)
	}
	return nil
}

// validBucket keeps the rules for the names of general purpose buckets (S3 user guide, "General purpose bucket naming rules").
func validBucket(b Bucket) bool {
	if len(b.Account) != 12 || strings.Trim(b.Account, "0123456789") != "" {
		return false
	}
	n := b.Name
	if len(n) < 3 || len(n) > 63 || strings.Contains(n, "..") || strings.Trim(n, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return false
	}
	alphanumeric := func(c byte) bool { return c != '.' && c != '-' }
	if !alphanumeric(n[0]) || !alphanumeric(n[len(n)-1]) {
		return false
	}
	_, err := netip.ParseAddr(n)
	return err != nil
}
