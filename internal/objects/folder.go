package objects

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// folder keeps each object in a file: ACCOUNT/BUCKET/key. People may put files there, and take them. An os.Root leads nowhere
// outside, whatever a path or a symbolic link says; that names of files are keys is the work of encode.
//
// What S3 can and a folder can't: an object whose key with a slash begins another's (a and a/b), and a part of a key between slashes
// that is longer than the file system's names.
type folder struct{ root *os.Root }

// OpenFolder opens the store in a folder, which is made if need be.
func OpenFolder(name string) (*Store, error) {
	if err := os.MkdirAll(name, 0o700); err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	return &Store{&folder{root}}, nil
}

// unfinished is the folder, beside those of the accounts, for files that are being written.
const unfinished = "unfinished"

func (f *folder) put(_ context.Context, b Bucket, key string, content []byte) (err error) {
	name := fileName(b, key)
	if err := f.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return err
	}
	if err := f.root.MkdirAll(unfinished, 0o700); err != nil {
		return err
	}
	part := unfinished + "/" + uuid.NewString()
	file, err := f.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.root.Remove(part))
		}
	}()
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err = f.root.Rename(part, name); err != nil {
		return err
	}
	return f.syncFolders(path.Dir(name))
}

// syncFolders makes the names of what is in a folder, and of the folders that it is in, durable.
func (f *folder) syncFolders(name string) error {
	for {
		d, err := f.root.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
		if name == "." {
			return nil
		}
		name = path.Dir(name)
	}
}

func (f *folder) open(_ context.Context, b Bucket, key string) (io.ReadCloser, error) {
	file, err := f.root.Open(fileName(b, key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoObject
	}
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, file.Close(), ErrNoObject)
	}
	return file, nil
}

func (f *folder) list(ctx context.Context, b Bucket, prefix, after string, limit int) ([]Object, error) {
	l := &listing{folder: f, ctx: ctx, prefix: prefix, after: after, limit: limit}
	err := l.walk(b.Account+"/"+b.Name, "")
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return l.found, err
}

func (f *folder) close() error { return f.root.Close() }

// listing is one call of list.
type listing struct {
	*folder
	ctx           context.Context
	prefix, after string
	limit         int
	found         []Object
}

// walk lists the files of a folder in which all keys begin with the text of at.
func (l *listing) walk(name, at string) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	d, err := l.root.Open(name)
	if err != nil {
		return err
	}
	entries, err := d.ReadDir(-1)
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	// The keys of a folder's files begin with its name and a slash, which has to sort among the names beside it.
	key := func(e fs.DirEntry) string {
		k := at + decode(e.Name())
		if e.IsDir() {
			k += "/"
		}
		return k
	}
	slices.SortFunc(entries, func(x, y fs.DirEntry) int { return strings.Compare(key(x), key(y)) })
	for _, e := range entries {
		if len(l.found) == l.limit {
			return nil
		}
		k := key(e)
		switch {
		case e.IsDir():
			wanted := strings.HasPrefix(k, l.prefix) || strings.HasPrefix(l.prefix, k)
			if !wanted || k < l.after && !strings.HasPrefix(l.after, k) {
				continue
			}
			if err := l.walk(name+"/"+e.Name(), k); err != nil {
				return err
			}
		case e.Type().IsRegular() && strings.HasPrefix(k, l.prefix) && k > l.after:
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
				continue
			}
			if err != nil {
				return err
			}
			l.found = append(l.found, Object{k, info.Size()})
		}
	}
	return nil
}

// fileName is where an object is in the folder.
func fileName(b Bucket, key string) string {
	parts := strings.Split(key, "/")
	for i, p := range parts {
		parts[i] = encode(p)
	}
	return b.Account + "/" + b.Name + "/" + strings.Join(parts, "/")
}

// encode is the name of the file or folder for a part of a key between slashes, and decode the part for a name. Most are as they are.
// What a file system has another use for is %XX: the names that are empty or of dots alone, and characters that not all
// systems have in names. A % is so only where it could be read as one of these.
func encode(part string) string {
	switch part {
	case "":
		return "%00" // no key has this character
	case ".":
		return "%2E"
	case "..":
		return "%2E%2E"
	}
	var b strings.Builder
	for i := range len(part) {
		c := part[i]
		if c < ' ' || strings.IndexByte(`\:*?"<>|`, c) >= 0 || c == '%' && i+2 < len(part) && isHex(part[i+1]) && isHex(part[i+2]) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func decode(name string) string {
	if name == "%00" {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '%' && i+2 < len(name) && isHex(name[i+1]) && isHex(name[i+2]) {
			b.WriteByte(unhex(name[i+1])<<4 | unhex(name[i+2]))
			i += 2
		} else {
			b.WriteByte(name[i])
		}
	}
	return b.String()
}

const hexDigits = "0123456789ABCDEF"

func isHex(c byte) bool { return strings.IndexByte(hexDigits, c) >= 0 }
func unhex(c byte) byte { return byte(strings.IndexByte(hexDigits, c)) }
