package itemfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/jsonscan"
)

// jsonReader reads lines of {"Item": …}, and of arrays of these (developer guide, "Amazon S3 import formats for DynamoDB").
type jsonReader struct {
	in    *bufio.Reader
	line  []byte
	items []attribute.Value // of an array, the rest
}

func newJSONReader(in io.Reader) *jsonReader { return &jsonReader{in: bufio.NewReaderSize(in, 64<<10)} }

func (r *jsonReader) read() (attribute.Value, error) {
	for len(r.items) == 0 {
		line, err := r.nextLine()
		if err != nil {
			return nil, err
		}
		if r.items, err = parseLine(line); err != nil {
			return nil, err
		}
	}
	item := r.items[0]
	r.items = r.items[1:]
	return item, nil
}

// nextLine returns the next line that has something in it.
func (r *jsonReader) nextLine() ([]byte, error) {
	for {
		r.line = r.line[:0]
		for {
			part, err := r.in.ReadSlice('\n')
			r.line = append(r.line, part...)
			switch {
			case errors.Is(err, bufio.ErrBufferFull):
				if len(r.line) > maxRecord {
					return nil, errTooLong
				}
				continue
			case errors.Is(err, io.EOF) && len(bytes.TrimSpace(r.line)) > 0:
			case err != nil:
				return nil, err
			}
			break
		}
		if line := bytes.TrimSpace(r.line); len(line) > 0 {
			return line, nil
		}
	}
}

// parseLine reads a line. Items keep nothing of it.
func parseLine(line []byte) ([]attribute.Value, error) {
	d := &attribute.Decoder{Scan: jsonscan.New(line)}
	var items []attribute.Value
	one := func() error {
		item, err := parseRecord(d)
		items = append(items, item)
		return err
	}
	var err error
	if d.Scan.Peek() == jsonscan.Array {
		err = d.Scan.Array(one)
	} else {
		err = one()
	}
	if err == nil {
		err = d.Scan.End()
	}
	if err != nil {
		return nil, itemError("%v", err)
	}
	return items, nil
}

var errNoItem = errors.New(`a line is {"Item": …} in DynamoDB JSON`)

func parseRecord(d *attribute.Decoder) (item attribute.Value, err error) {
	if d.Scan.Peek() != jsonscan.Object {
		return nil, errNoItem
	}
	err = d.Scan.Object(func(name []byte) error {
		if string(name) != "Item" {
			return d.Scan.Skip()
		}
		item, err = d.Item()
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case item == nil:
		return nil, errNoItem
	}
	if err := d.TakeInvalid(); err != nil {
		return nil, err
	}
	return item, nil
}
