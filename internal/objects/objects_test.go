package objects

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var bucket = Bucket{"111111111111", "music"}

// stores are one of each kind.
func stores(t *testing.T) map[string]*Store {
	folder, err := OpenFolder(filepath.Join(t.TempDir(), "objects"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*Store{"memory": Memory(), "folder": folder, "s3": openFake(t)}
	t.Cleanup(func() {
		for _, s := range all {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return all
}

func read(t testing.TB, s *Store, b Bucket, key string) string {
	t.Helper()
	r, err := s.Open(t.Context(), b, key)
	if err != nil {
		t.Fatalf("%q: %v", key, err)
	}
	content, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func keys(found []Object) (keys []string) {
	for _, o := range found {
		keys = append(keys, o.Key)
	}
	return keys
}

func TestStores(t *testing.T) {
	for name, s := range stores(t) {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if _, err := s.List(ctx, bucket, "", "", 10); !errors.Is(err, ErrNoBucket) {
				t.Errorf("an empty bucket: %v", err)
			}
			if _, err := s.Open(ctx, bucket, "a"); !errors.Is(err, ErrNoObject) {
				t.Errorf("no object: %v", err)
			}
			all := []string{"a-b", "a/b", "a/c/d", "a/c-d", "a0", "b//c", "c/../d", "ü", "100%.csv", "a%41"}
			for _, key := range all {
				if err := s.Put(ctx, bucket, key, []byte("first")); err != nil {
					t.Fatal(err)
				}
				if err := s.Put(ctx, bucket, key, []byte(key)); err != nil {
					t.Fatal(err)
				}
			}
			for _, key := range all {
				if got := read(t, s, bucket, key); got != key {
					t.Errorf("%q has %q", key, got)
				}
			}
			slices.Sort(all)
			var got []string
			for after := ""; ; {
				page, err := s.List(ctx, bucket, "", after, 3)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, keys(page)...)
				if len(page) < 3 {
					break
				}
				after = page[2].Key
			}
			if !slices.Equal(got, all) {
				t.Errorf("listed %q, want %q", got, all)
			}
			page, err := s.List(ctx, bucket, "a/", "", 10)
			if err != nil || !slices.Equal(keys(page), []string{"a/b", "a/c-d", "a/c/d"}) {
				t.Errorf("under a/: %q (%v)", keys(page), err)
			}
			if page, err := s.List(ctx, bucket, "nothing", "", 10); err != nil || len(page) != 0 {
				t.Errorf("under nothing: %q (%v)", keys(page), err)
			}
			// Another account, and another bucket, see nothing of it.
			for _, b := range []Bucket{{"222222222222", "music"}, {"111111111111", "musi"}, {"111111111111", "music2"}} {
				if _, err := s.List(ctx, b, "", "", 10); !errors.Is(err, ErrNoBucket) {
					t.Errorf("%v: %v", b, err)
				}
				if _, err := s.Open(ctx, b, "a/b"); !errors.Is(err, ErrNoObject) {
					t.Errorf("%v: %v", b, err)
				}
			}
		})
	}
}

func TestNamesLeadNowhere(t *testing.T) {
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(outside, "objects")
	s, err := OpenFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []Bucket{
		{"111111111111", ".."}, {"111111111111", "."}, {"111111111111", "a/b"}, {"111111111111", "../../x"}, {"111111111111", ""},
		{"111111111111", "ab"}, {"111111111111", "Music"}, {"111111111111", "a..b"}, {"111111111111", ".ab"}, {"111111111111", "ab-"},
		{"111111111111", "192.168.5.4"}, {"111111111111", strings.Repeat("a", 64)}, {"111111111111", "a_b"}, {"111111111111", "a\x00b"},
		{"..", "music"}, {"", "music"}, {"11111111111", "music"}, {"11111111111x", "music"}, {"unfinished", "music"},
	} {
		if err := s.Put(t.Context(), b, "key", nil); !errors.Is(err, ErrName) {
			t.Errorf("put in %q: %v", b, err)
		}
		if _, err := s.Open(t.Context(), b, "key"); !errors.Is(err, ErrName) {
			t.Errorf("open in %q: %v", b, err)
		}
		if _, err := s.List(t.Context(), b, "", "", 1); !errors.Is(err, ErrName) {
			t.Errorf("list %q: %v", b, err)
		}
	}
	for _, key := range []string{"", "a\x00b", "\xff", strings.Repeat("a", 1025)} {
		if err := s.Put(t.Context(), bucket, key, nil); !errors.Is(err, ErrName) {
			t.Errorf("put %q: %v", key, err)
		}
	}
	// Keys that would be paths are names.
	for i, key := range []string{"../../../secret", "/etc/passwd", "..", ".", "a/../../../../secret", "%2E%2E/x", `..\..\secret`} {
		bucket := Bucket{bucket.Account, "bucket" + strconv.Itoa(i)} // that one is the folder of another is no matter here
		if err := s.Put(t.Context(), bucket, key, []byte("mine")); err != nil {
			t.Errorf("put %q: %v", key, err)
		}
		if got := read(t, s, bucket, key); got != "mine" {
			t.Errorf("%q has %q", key, got)
		}
	}
	// A symbolic link leads nowhere.
	if err := s.Put(t.Context(), bucket, "key", nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(folder, bucket.Account, bucket.Name, "link")); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Open(t.Context(), bucket, "link"); err == nil {
		_ = r.Close()
		t.Error("a link leads outside")
	}
	if err := s.Put(t.Context(), bucket, "link", []byte("mine")); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(secret); err != nil || string(got) != "secret" {
		t.Errorf("outside: %q (%v)", got, err)
	}
}

func TestFileNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringOf(rapid.SampledFrom([]rune("%24EaF.\\:*\x01 ü"))).Draw(t, "part")
		name := encode(part)
		if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") {
			t.Fatalf("%q is the name %q", part, name)
		}
		if back := decode(name); back != part {
			t.Fatalf("%q became %q and %q", part, name, back)
		}
	})
}

func TestOpen(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "objects")
	env := map[string]string{"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}
	for location, ok := range map[string]bool{
		folder: true, "file://" + folder: true, "mem://": true, "s3://bucket/prefix?endpoint=http://127.0.0.1:1&region=eu-west-1": true,
		"s3://bucket?endpont=x": false, "s3://": false, "gs://bucket": false, "s3://key:secret@bucket": false, "file://host/x": false,
	} {
		s, err := Open(location, func(name string) string { return env[name] })
		if (err == nil) != ok {
			t.Errorf("%s: %v", location, err)
		}
		if s != nil {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := Open("s3://bucket", func(string) string { return "" }); err == nil {
		t.Error("no access key is needed")
	}
}

func TestPutIsWhole(t *testing.T) {
	folder := t.TempDir()
	s, err := OpenFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("x"), 1<<20)
	if err := s.Put(t.Context(), bucket, "big", big); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, bucket, "big"); got != string(big) {
		t.Errorf("%d bytes", len(got))
	}
	left, err := os.ReadDir(filepath.Join(folder, unfinished))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v (%v)", left, err)
	}
	// What can't be put leaves nothing: a file is where a folder would have to be.
	if err := s.Put(t.Context(), bucket, "big/more", nil); err == nil {
		t.Error("a file is a folder")
	}
	if left, _ = os.ReadDir(filepath.Join(folder, unfinished)); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}
