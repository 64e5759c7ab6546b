package pebblekv

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// lockFolder creates dir if need be and takes its lock, which the operating system releases when the process ends.
func lockFolder(fsys vfs.FS, dir string) (*pebble.Lock, error) {
	if err := makeFolder(fsys, dir); err != nil {
		return nil, fmt.Errorf("pebblekv: create %s: %w", dir, err)
	}
	lock, err := pebble.LockDirectory(dir, fsys)
	switch {
	case err == nil:
		return lock, nil
	case errors.Is(err, fs.ErrPermission) && !inUse(err), errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("pebblekv: open %s: %w", dir, err)
	default:
		return nil, fmt.Errorf("%s is in use by another process, such as another server: %w", dir, err)
	}
}

// makeFolder creates dir and its missing parents, readable by the owner only, and syncs the folders that got a new
// entry: without that a power cut could take the whole folder, with acknowledged changes in it.
func makeFolder(fsys vfs.FS, dir string) error {
	var changed []string
	for at := dir; ; {
		_, err := fsys.Stat(at)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		parent := fsys.PathDir(at)
		if parent == at {
			break
		}
		changed = append(changed, parent)
		at = parent
	}
	if err := fsys.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, parent := range changed {
		f, err := fsys.OpenDir(parent)
		if err != nil {
			return err
		}
		err = f.Sync()
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inUse tells a lock that is held from a file that may not be opened: some systems report both with the same number,
// but only the second one with a path.
func inUse(err error) bool {
	var pathError *fs.PathError
	return !errors.As(err, &pathError)
}
