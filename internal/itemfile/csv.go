package itemfile

import (
	"bufio"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/statordb/stator/internal/attribute"
)

// csvReader reads lines of fields (developer guide, "Amazon S3 import formats for DynamoDB"): the first names the attributes, unless
// they are given, and all but those of keys are strings.
type csvReader struct {
	in     *csv.Reader
	header []string
	kinds  map[string]attribute.Kind
}

func newCSVReader(in io.Reader, o Options) (*csvReader, error) {
	c := &csvReader{in: csv.NewReader(withoutMark(in)), header: o.Header, kinds: o.Kinds}
	c.in.ReuseRecord = true
	c.in.FieldsPerRecord = -1
	if o.Delimiter != 0 {
		c.in.Comma = o.Delimiter
	}
	if c.header == nil {
		names, err := c.in.Read()
		if errors.Is(err, io.EOF) {
			return c, nil // empty
		}
		if err != nil {
			return nil, err
		}
		c.header = append(c.header, names...)
	}
	seen := map[string]bool{}
	for _, name := range c.header {
		if name == "" || seen[name] || !utf8.ValidString(name) {
			return nil, errors.New("a name of a column is empty, there twice, or not UTF-8")
		}
		seen[name] = true
	}
	return c, nil
}

// withoutMark skips the byte order mark that spreadsheets write.
func withoutMark(in io.Reader) io.Reader {
	b := bufio.NewReader(in)
	if start, err := b.Peek(3); err == nil && string(start) == "\uFEFF" {
		_, _ = b.Discard(3) // they were peeked
	}
	return b
}

func (c *csvReader) read() (attribute.Value, error) {
	fields, err := c.in.Read()
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		return nil, itemError("%v", err)
	}
	if err != nil {
		return nil, err
	}
	if len(fields) != len(c.header) {
		return nil, itemError("%d fields in a file of %d columns", len(fields), len(c.header))
	}
	var b attribute.MapBuilder
	for i, f := range fields {
		v, err := c.value(c.header[i], f)
		if err != nil {
			return nil, err
		}
		b.Add(c.header[i], v)
	}
	return b.Value(), nil
}

func (c *csvReader) value(name, field string) (attribute.Value, error) {
	switch c.kinds[name] {
	case attribute.Number:
		n, err := attribute.ParseNumber(field)
		if err != nil {
			return nil, itemError("%s: %v", name, err)
		}
		return attribute.NewNumber(n), nil
	case attribute.Binary:
		raw, err := base64.StdEncoding.DecodeString(field)
		if err != nil {
			return nil, itemError("%s: %v", name, err)
		}
		return attribute.NewBinary(raw), nil
	}
	if !utf8.ValidString(field) {
		return nil, itemError("%s: the text is not UTF-8", name)
	}
	return attribute.NewString(field), nil
}
