package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Place is a place between two lines of the log. The zero value is its end.
type Place struct {
	// File names a file by how it begins, which is not changed by renaming it. Offset is the bytes before the place.
	File   string
	Offset int64
}

// ErrNoPlace: the file that a Place is in is not there any more.
var ErrNoPlace = errors.New("audit: there is no such place in the log")

// readChunk is what is read at a time. maxLine is the longest line: what is longer is no event, and is passed over.
const (
	readChunk = 256 << 10
	maxLine   = 1 << 20
)

// Backward shows the lines before a place to visit, the latest first, in the file that is written and in those that were
// before it, until visit returns false or about limit bytes have been read. It returns the place before the last line
// shown, and whether there may be more before it. A line is valid only as long as visit runs. A log that is no file has no
// lines.
func (l *Log) Backward(from Place, limit int64, visit func(line []byte) bool) (at Place, more bool, err error) {
	if l == nil || l.path == "" {
		return Place{}, false, nil
	}
	files, err := l.files()
	if err != nil {
		return Place{}, false, err
	}
	found := from == Place{}
	for _, name := range files {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has just been renamed or dropped
		}
		if err != nil {
			return Place{}, false, fmt.Errorf("audit: %w", err)
		}
		next, on, err := l.backward(f, from, &found, &limit, visit)
		_ = f.Close() // it was only read
		if err != nil || !on {
			return next, true, err
		}
	}
	if !found {
		return Place{}, false, ErrNoPlace
	}
	return Place{}, false, nil
}

// backward does one file. on says that it was read to its beginning, or is after the place.
func (l *Log) backward(f *os.File, from Place, found *bool, limit *int64, visit func([]byte) bool) (at Place, on bool, err error) {
	id, err := fileID(f)
	if err != nil || id == "" {
		return Place{}, true, err // empty: nothing has been written since it was begun
	}
	info, err := f.Stat()
	if err != nil {
		return Place{}, false, err
	}
	at = Place{id, info.Size()}
	if !*found {
		if id != from.File || from.Offset < 0 || from.Offset > info.Size() {
			return at, true, nil
		}
		*found, at.Offset = true, from.Offset
	}
	var tail []byte // the bytes before at, as far as they were read; they end with a line
	begin := at.Offset
	for {
		for {
			end := len(tail)
			i := bytes.LastIndexByte(tail[:max(end-1, 0)], '\n')
			if i < 0 && begin > 0 && end <= maxLine {
				break // the line begins further before
			}
			if end == 0 {
				return at, true, nil
			}
			line := bytes.TrimSuffix(tail[i+1:], []byte("\n"))
			tail = tail[:i+1]
			at.Offset = begin + int64(len(tail))
			if len(line) > 0 && len(line) <= maxLine && !visit(line) {
				return at, false, nil
			}
		}
		if *limit <= 0 {
			return at, false, nil
		}
		n := min(begin, readChunk)
		chunk := make([]byte, n, n+int64(len(tail)))
		if _, err := f.ReadAt(chunk, begin-n); err != nil {
			return at, false, fmt.Errorf("audit: %w", err)
		}
		tail, begin = append(chunk, tail...), begin-n
		*limit -= n
	}
}

// idBytes is the most of a file's first line that is its name in a Place. Every event has an id of its own, which is within
// that unless the members of the request are many.
const idBytes = 64 << 10

// fileID is "" for a file that has no line yet.
func fileID(f *os.File) (string, error) {
	line, err := bufio.NewReaderSize(f, idBytes).ReadSlice('\n')
	switch {
	case err == io.EOF:
		return "", nil
	case err != nil && err != bufio.ErrBufferFull:
		return "", fmt.Errorf("audit: %w", err)
	}
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:8]), nil
}

// files are the file that is written and those that were before it, the latest first: the time is in their names.
func (l *Log) files() ([]string, error) {
	folder, base := filepath.Split(l.path)
	ext := filepath.Ext(base)
	entries, err := os.ReadDir(filepath.Dir(l.path))
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	var old []string
	for _, e := range entries {
		if name := e.Name(); e.Type().IsRegular() && strings.HasPrefix(name, strings.TrimSuffix(base, ext)+"-") && strings.HasSuffix(name, ext) {
			old = append(old, filepath.Join(folder, name))
		}
	}
	slices.Sort(old)
	slices.Reverse(old)
	return append([]string{l.path}, old...), nil
}
