// Package itemfile is the files that exports write and imports read: items as lines of DynamoDB JSON, as Amazon Ion, or as CSV,
// plain or compressed.
//
// It imports attribute and its JSON scanner, and is pure: it reads and writes streams, and knows nothing of tables or objects. Its
// main rule: whatever a file is, reading it takes a bounded piece of memory and ends.
package itemfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/statordb/stator/internal/attribute"
)

// Format is how items are written in a file (API reference, InputFormat and ExportFormat).
type Format string

// The formats.
const (
	JSON Format = "DYNAMODB_JSON"
	Ion  Format = "ION"
	CSV  Format = "CSV"
)

// Compression is how a file is compressed (API reference, InputCompressionType).
type Compression string

// The compressions.
const (
	None Compression = "NONE"
	GZIP Compression = "GZIP"
	ZSTD Compression = "ZSTD"
)

// Options say how a file is read.
type Options struct {
	Format      Format
	Compression Compression
	// Delimiter is the one of CSV, 0 for a comma.
	Delimiter rune
	// Header is the names of the columns of CSV; nil if the first line has them.
	Header []string
	// Kinds are the kinds of the attributes of keys: what CSV can't tell. All others are strings.
	Kinds map[string]attribute.Kind
}

// maxRecord bounds what one item may take up in a file, in bytes. An item of 400 KB whose every character is escaped is smaller.
const maxRecord = 4 << 20

// errTooLong: what should be an item has no end within maxRecord.
var errTooLong = errors.New("an item of more than 4 MiB")

// ItemError is an item that can't be read; those after it can.
type ItemError struct{ Message string }

// Error implements error.
func (e *ItemError) Error() string { return e.Message }

func itemError(format string, args ...any) error { return &ItemError{fmt.Sprintf(format, args...)} }

// Reader reads the items of a file.
type Reader struct {
	next  func() (attribute.Value, error)
	in    *bounded
	close func()
}

// NewReader begins to read a file.
func NewReader(in io.Reader, o Options) (*Reader, error) {
	r := &Reader{close: func() {}}
	switch o.Compression {
	case GZIP:
		buffered := bufio.NewReader(in)
		if _, err := buffered.Peek(1); errors.Is(err, io.EOF) {
			in = buffered // a file that is empty is one without items
			break
		}
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, err
		}
		in = z
	case ZSTD:
		// The window bounds what is held; zstd itself uses up to 8 MiB unless it is told otherwise.
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(32<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		in, r.close = z, z.Close
	}
	r.in = &bounded{in: in, left: maxRecord}
	var err error
	switch o.Format {
	case JSON:
		r.next = newJSONReader(r.in).read
	case Ion:
		var i *ionReader
		if i, err = newIonReader(r.in); err == nil {
			r.next = i.read
		}
	case CSV:
		var c *csvReader
		if c, err = newCSVReader(r.in, o); err == nil {
			r.next = c.read
		}
	default:
		err = fmt.Errorf("itemfile: format %q", o.Format)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Next returns the next item, and io.EOF after the last. An *ItemError is an item that is none; any other error ends the file.
func (r *Reader) Next() (attribute.Value, error) {
	r.in.left = maxRecord
	item, err := r.next()
	if r.in.spent { // whatever was made of it
		return nil, errTooLong
	}
	return item, err
}

// Size is how many bytes have been read, after decompression.
func (r *Reader) Size() int64 { return r.in.size }

// Close frees what reading takes. It does not close the file.
func (r *Reader) Close() { r.close() }

// bounded reads at most left bytes until it gets more.
type bounded struct {
	in    io.Reader
	left  int
	size  int64
	spent bool // more was wanted
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.spent = true
		return 0, errTooLong
	}
	n, err := b.in.Read(p[:min(len(p), b.left)])
	b.left -= n
	b.size += int64(n)
	return n, err
}

// Change is a change of an item, as incremental exports have them. Old and New are nil if they are not to be there.
type Change struct {
	Keys, Old, New attribute.Value
	// Micros is when it was made, in microseconds since 1970.
	Micros int64
}

// AppendItem appends a line with an item, JSON or Ion.
func AppendItem(dst *bytes.Buffer, f Format, item attribute.Value) error {
	if f == Ion {
		return appendIonItem(dst, item)
	}
	b := append(dst.AvailableBuffer(), `{"Item":`...)
	b = item.AppendItemJSON(b)
	dst.Write(append(b, '}', '\n'))
	return nil
}

// AppendChange appends a line with a change, JSON or Ion.
func AppendChange(dst *bytes.Buffer, f Format, c Change) error {
	if f == Ion {
		return appendIonChange(dst, c)
	}
	b := append(dst.AvailableBuffer(), `{"Metadata":{"WriteTimestampMicros":`...)
	b = attribute.NewInt(c.Micros).AppendJSON(b)
	b = append(b, `},"Keys":`...)
	b = c.Keys.AppendItemJSON(b)
	if c.Old != nil {
		b = c.Old.AppendItemJSON(append(b, `,"OldImage":`...))
	}
	if c.New != nil {
		b = c.New.AppendItemJSON(append(b, `,"NewImage":`...))
	}
	dst.Write(append(b, '}', '\n'))
	return nil
}
