package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/DeRuina/timberjack"
)

// Options say where the log goes.
type Options struct {
	// Path is the file, which only its owner may read, or "-" for Writer.
	Path string
	// Writer is where the lines go if Path is "-"; nil is standard error.
	Writer io.Writer
	// MaxSizeMB is how many MiB a file has before another one is begun; 0 is 100. The old one gets the time in its name.
	MaxSizeMB int
	// MaxBackups and MaxAgeDays are how many old files, and of how many days, are kept; 0 is all.
	MaxBackups, MaxAgeDays int
	// Data says that events on items are logged too: one line for each read and write.
	Data bool
	// OnError is told of every event that could not be written, and why. It is called by many at once.
	OnError func(error)
}

// Log is an audit log. Its methods can be called by many at once. A nil *Log wants no events.
type Log struct {
	data    bool
	onError func(error)
	path    string // "" if it is no file
	open    func() io.WriteCloser
	buffers sync.Pool // of *bytes.Buffer

	mu     sync.Mutex // held for every write, so that lines do not mix
	out    io.WriteCloser
	torn   bool // the last line has no end
	closed bool
}

// keepBuffer is the largest buffer that is kept for another event.
const keepBuffer = 64 << 10

// New opens a log. It fails if the file cannot be written, so that a server does not start without its log.
func New(o Options) (*Log, error) {
	if o.OnError == nil {
		return nil, errors.New("audit: no OnError: an event that is not written must not go unnoticed")
	}
	l := &Log{data: o.Data, onError: o.OnError}
	l.buffers.New = func() any { return new(bytes.Buffer) }
	if o.Path == "-" {
		if o.Writer == nil {
			o.Writer = os.Stderr
		}
		l.open = func() io.WriteCloser { return unowned{o.Writer} }
	} else {
		var err error
		if l.torn, err = prepare(o.Path); err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		l.path = o.Path
		l.open = func() io.WriteCloser {
			return &timberjack.Logger{
				Filename: o.Path, FileMode: fileMode,
				MaxSize: o.MaxSizeMB, MaxBackups: o.MaxBackups, MaxAge: o.MaxAgeDays,
			}
		}
	}
	l.out = l.open()
	return l, nil
}

// unowned is a writer that somebody else closes.
type unowned struct{ io.Writer }

func (unowned) Close() error { return nil }

const fileMode = 0o600

// prepare makes sure that a file is there and can be written. Torn says that the file's last line has no end: somebody
// crashed while it was written.
func prepare(path string) (torn bool, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, fileMode)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false, err
	}
	var end [1]byte
	_, err = f.ReadAt(end[:], info.Size()-1)
	return end[0] != '\n', err
}

// Wants says whether an event is logged at all, so that the others need not be put together.
func (l *Log) Wants(data bool) bool { return l != nil && (l.data || !data) }

// Write logs an event. The line is in the hands of the operating system when Write returns, not on the disk: a log of
// requests does not hold them up for that.
func (l *Log) Write(e *Event) {
	if !l.Wants(e.Data) {
		return
	}
	b := l.buffers.Get().(*bytes.Buffer)
	b.Reset()
	b.WriteByte('\n') // the end of a torn line, if there is one
	r := newRecord(e)
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(r)
	if err == nil {
		err = l.write(b.Bytes())
	}
	if err != nil {
		l.onError(fmt.Errorf("audit: event %s, %s of request %s, is lost: %w", r.ID, r.Name, r.RequestID, err))
	}
	if b.Cap() <= keepBuffer {
		l.buffers.Put(b)
	}
}

// write writes a line, which has an end of line at both ends, in one call.
func (l *Log) write(line []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return os.ErrClosed
	}
	if !l.torn {
		line = line[1:]
	}
	n, err := l.out.Write(line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if n > 0 {
		l.torn = line[n-1] != '\n'
	}
	return err
}

// Reopen goes on in a new file of the same name, if somebody has moved the old one away. If that cannot be written, it
// goes on in the old one. It does nothing to a log that is no file.
func (l *Log) Reopen() error {
	l.mu.Lock()
	if l.closed || l.path == "" {
		l.mu.Unlock()
		return nil
	}
	torn, err := prepare(l.path)
	if err != nil {
		l.mu.Unlock()
		return fmt.Errorf("audit: %w", err)
	}
	old := l.out
	l.out, l.torn = l.open(), torn
	l.mu.Unlock()
	return old.Close() // it waits until old files are removed: not under the lock
}

// Close closes the file. What is written after it is an error.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	return l.out.Close()
}
