package rolesanywhere

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
)

// kind is what sort of resource something is, as in its ARN.
type kind string

const (
	anchors  kind = "trust-anchor"
	profiles kind = "profile"
	crls     kind = "crl"
	subjects kind = "subject"
)

// noun is a kind as sentences have it.
func (k kind) noun() string {
	if k == anchors {
		return "trust anchor"
	}
	return string(k)
}

// word is the first part of all keys of this package.
const word = "anywhere"

// place is where resources are: in a region of an account.
type place struct{ account, region string }

func (p place) key(k kind, id string) []byte {
	return keyspace.People(word, p.account, p.region, string(k), id)
}

func (p place) arn(k kind, id string) string {
	return "arn:aws:rolesanywhere:" + p.region + ":" + p.account + ":" + string(k) + "/" + id
}

// parseARN is the inverse of arn. It reports false for what is no ARN of a resource of these.
func parseARN(arn string) (p place, k kind, id string, ok bool) {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[1] != "aws" || parts[2] != service {
		return p, "", "", false
	}
	typ, id, _ := strings.Cut(parts[5], "/")
	k = kind(typ)
	ok = slices.Contains([]kind{anchors, profiles, crls, subjects}, k) && isUUID(id)
	return place{parts[4], parts[3]}, k, id, ok
}

func isUUID(id string) bool {
	return len(id) == 36 && uuid.Validate(id) == nil && id == strings.ToLower(id)
}

// resource is what the records have in common.
type resource struct {
	Name    string
	Tags    []tag `json:",omitempty"`
	Created time.Time
	Updated time.Time
}

func (r *resource) base() *resource { return r }

type record interface{ base() *resource }

// tag is a tag on the wire and in records.
type tag struct {
	Key   *string `json:"key"`
	Value *string `json:"value"`
}

// read reads a record; nil if there is none.
func read[R any](ctx context.Context, r kv.Reader, p place, k kind, id string) (*R, error) {
	value, err := r.Get(ctx, p.key(k, id))
	if err != nil || value == nil {
		return nil, err
	}
	rec := new(R)
	if err := json.Unmarshal(value, rec); err != nil {
		return nil, fmt.Errorf("rolesanywhere: the record of %s can't be read: %w", p.arn(k, id), err)
	}
	return rec, nil
}

// there is read, of what has to be there.
func there[R any](ctx context.Context, r kv.Reader, p place, k kind, id string) (*R, error) {
	rec, err := read[R](ctx, r, p, k, id)
	if err == nil && rec == nil {
		err = notFound(k, id)
	}
	return rec, err
}

func notFound(k kind, id string) *awsapi.Error {
	return &awsapi.Error{Code: "ResourceNotFoundException", Status: http.StatusNotFound, Message: "There is no " + k.noun() + " " + id + "."}
}

func put[R any](tx kv.Txn, p place, k kind, id string, rec *R) error {
	value, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	return tx.Set(p.key(k, id), value)
}

// each calls fn with the records of a kind that come after an id, in the order of their ids, until it returns false.
func each[R any](ctx context.Context, r kv.Reader, p place, k kind, after string, fn func(id string, rec *R) (bool, error)) error {
	start, end := keyspace.PeopleRange(word, p.account, p.region, string(k))
	if after != "" {
		_, start = keyspace.PeopleRange(word, p.account, p.region, string(k), after)
	}
	return r.Scan(ctx, kv.Range{Start: start, End: end}, func(key, value []byte) (bool, error) {
		parts, ok := keyspace.ParsePeople(key)
		if !ok {
			return false, fmt.Errorf("rolesanywhere: a key that can't be read: %x", key)
		}
		rec := new(R)
		if err := json.Unmarshal(value, rec); err != nil {
			return false, fmt.Errorf("rolesanywhere: a record that can't be read at %x: %w", key, err)
		}
		return fn(parts[len(parts)-1], rec)
	})
}

// count is how many there are of a kind.
func count(ctx context.Context, r kv.Reader, p place, k kind) (n int, err error) {
	start, end := keyspace.PeopleRange(word, p.account, p.region, string(k))
	err = r.Scan(ctx, kv.Range{Start: start, End: end}, func(_, _ []byte) (bool, error) {
		n++
		return true, nil
	})
	return n, err
}

// whole is a time as answers have it: in whole seconds.
func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }
