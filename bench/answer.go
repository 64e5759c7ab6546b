package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
)

// maxAnswer bounds an answer, so that a server that lies about its length fails the cell and not the machine.
const maxAnswer = 32 << 20

// answer is what a server said. Its slices are good until the next answer is read from the same connection.
type answer struct {
	status int
	header []byte // the header lines as they came
	body   []byte
}

// answerReader reads HTTP/1.1 answers and nothing else of HTTP: no redirects, no trailers, no compression. It does
// not allocate once its buffers have grown to the largest answer.
type answerReader struct {
	in     *bufio.Reader
	header []byte
	body   []byte
}

func newAnswerReader(in io.Reader) *answerReader {
	return &answerReader{in: bufio.NewReaderSize(in, 32<<10)}
}

// read takes the next answer off the connection. An answer with an x-amz-crc32 header that its body does not have
// is an error.
func (r *answerReader) read() (answer, error) {
	line, err := r.line()
	if err != nil {
		return answer{}, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return answer{}, fmt.Errorf("not a status line: %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return answer{}, fmt.Errorf("not a status line: %q", line)
	}

	length, chunked := -1, false
	var checksum []byte
	r.header = r.header[:0]
	for {
		if line, err = r.line(); err != nil {
			return answer{}, err
		}
		if len(line) == 0 {
			break
		}
		start := len(r.header)
		r.header = append(append(r.header, line...), '\n')
		kept := r.header[start : len(r.header)-1] // line itself is overwritten by the next read
		name, value, _ := bytes.Cut(kept, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case equalFold(name, "content-length"):
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 || length > maxAnswer {
				return answer{}, fmt.Errorf("content-length %q", value)
			}
		case equalFold(name, "transfer-encoding"):
			chunked = equalFold(value, "chunked")
		case equalFold(name, "x-amz-crc32"):
			checksum = value
		}
	}

	switch {
	case chunked:
		err = r.readChunks()
	case length >= 0:
		r.body = r.body[:0]
		err = r.extend(length)
	default:
		err = errors.New("an answer with neither a length nor chunks")
	}
	if err != nil {
		return answer{}, err
	}
	if checksum != nil {
		want, err := strconv.ParseUint(string(checksum), 10, 32)
		if err != nil || uint32(want) != crc32.ChecksumIEEE(r.body) {
			return answer{}, fmt.Errorf("x-amz-crc32 is %s, the body has %d", checksum, crc32.ChecksumIEEE(r.body))
		}
	}
	return answer{status: status, header: r.header, body: r.body}, nil
}

func (r *answerReader) line() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

func (r *answerReader) readChunks() error {
	r.body = r.body[:0]
	for {
		line, err := r.line()
		if err != nil {
			return err
		}
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 31)
		if err != nil || len(r.body)+int(size) > maxAnswer {
			return fmt.Errorf("chunk size %q", line)
		}
		if err := r.extend(int(size)); err != nil {
			return err
		}
		if line, err = r.line(); err != nil {
			return err
		}
		if len(line) != 0 {
			return fmt.Errorf("%q after a chunk", line)
		}
		if size == 0 {
			return nil
		}
	}
}

// extend reads n more bytes onto the body.
func (r *answerReader) extend(n int) error {
	start := len(r.body)
	if cap(r.body) < start+n {
		grown := make([]byte, start, (start+n)*3/2)
		copy(grown, r.body)
		r.body = grown
	}
	r.body = r.body[:start+n]
	_, err := io.ReadFull(r.in, r.body[start:])
	return err
}

// equalFold compares an ASCII header with a lower-case text without allocating.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i := range b {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
