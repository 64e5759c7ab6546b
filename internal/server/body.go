package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/statordb/stator/internal/awsapi"
)

// MaxBody is the largest body, as it is sent and decompressed: DynamoDB's limit for a request.
const MaxBody = 16 << 20

// A buffer starts with at least smallestRead bytes, and with at most firstRead on the word of a Content-Length alone.
const (
	smallestRead = 4 << 10
	firstRead    = 64 << 10
)

var errTooLarge = errors.New("server: body over the limit")

// errBusy: the memory for large bodies is used up.
var errBusy = errors.New("server: no memory for the body now")

// largeMemory bounds what bodies take beyond firstRead bytes each, all together. Bodies are read before it is known who sent
// them, so without a bound strangers could fill the memory. What is beyond it is refused, not waited for: those who
// wait would hold what they have so far.
const largeMemory = 512 << 20

// hold takes n bytes of the memory for large bodies; end gives it back.
func (x *exchange) hold(n int) error {
	if x.api.query() {
		n *= 3 // a form is also there as text, and its values without escapes
	}
	if !x.h.largeBodies.TryAcquire(int64(n)) {
		return errBusy
	}
	x.held += int64(n)
	return nil
}

// receive reads the body, of at most limit bytes. If it does not come it answers so and returns false.
func (x *exchange) receive(limit int) bool {
	var err error
	if x.body, err = x.readBody(x.body, limit); err != nil {
		x.failRead(err, limit)
	}
	return err == nil
}

// readBody reads the whole body into buf's memory, or into a larger piece that grows with what really arrives.
func (x *exchange) readBody(buf []byte, limit int) ([]byte, error) {
	buf = buf[:0]
	r := x.r
	if r.ContentLength > int64(limit) {
		return buf, errTooLarge // before asking for it, if the client waits to be asked
	}
	if r.ContentLength == 0 {
		return buf, nil
	}
	want := int(min(max(r.ContentLength+1, smallestRead), firstRead)) // one more, to see the end without growing
	if cap(buf) < want {
		buf = make([]byte, 0, want)
	}
	return x.readAll(buf, r.Body, limit)
}

// readAll appends all of in to buf, up to limit in total.
func (x *exchange) readAll(buf []byte, in io.Reader, limit int) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			if more := min(2*cap(buf), limit+1) - max(cap(buf), firstRead); more > 0 {
				if err := x.hold(more); err != nil {
					return buf, err
				}
			}
			grown := make([]byte, len(buf), min(2*cap(buf), limit+1))
			copy(grown, buf)
			buf = grown
		}
		n, err := in.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > limit:
			return buf, errTooLarge
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, err
		}
	}
}

// failRead answers a request whose body did not come.
func (x *exchange) failRead(err error, limit int) {
	x.w.Header().Set("Connection", "close") // where the next request begins is not known
	if !x.api.query() {
		x.contentType = x.api.contentType
	}
	e := &awsapi.Error{Code: "RequestTimeoutException", Status: http.StatusRequestTimeout,
		Message: "The body of the request did not arrive"}
	switch {
	case errors.Is(err, errTooLarge):
		e = tooLarge(limit)
		if header(x.r, "Expect") == "" {
			// A client that sends all before it reads would see a broken connection, and try again, not the answer.
			_, _ = io.CopyN(io.Discard, x.r.Body, 2*MaxBody)
		}
	case errors.Is(err, errBusy):
		e = tooBusy()
	}
	if x.api.query() {
		e.Code = strings.TrimSuffix(e.Code, "Exception")
	}
	x.fail(e)
}

// tooBusy is an error that SDKs try again after.
func tooBusy() *awsapi.Error {
	return &awsapi.Error{Code: "ThrottlingException", Status: http.StatusBadRequest, Message: "Too many large requests at a time"}
}

func tooLarge(limit int) *awsapi.Error {
	return &awsapi.Error{Code: "RequestEntityTooLargeException", Status: http.StatusRequestEntityTooLarge,
		Message: "Request body is larger than " + strconv.Itoa(limit) + " bytes"}
}

// decompressed returns the body that the operation reads. Only after the signature is known to be good is any work
// put into it.
func (x *exchange) decompressed() ([]byte, error) {
	switch header(x.r, "Content-Encoding") {
	case "", "identity":
		return x.body, nil
	case "gzip":
	default:
		return nil, awsapi.Serialization("Unsupported Content-Encoding")
	}
	z, err := gzip.NewReader(bytes.NewReader(x.body))
	if err != nil {
		return nil, awsapi.Serialization("The body is not in gzip format")
	}
	if cap(x.plain) == 0 {
		x.plain = make([]byte, 0, firstRead)
	}
	x.plain, err = x.readAll(x.plain[:0], z, MaxBody)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, tooLarge(MaxBody)
	case errors.Is(err, errBusy):
		return nil, tooBusy()
	case err != nil:
		return nil, awsapi.Serialization("The body is not in gzip format")
	}
	return x.plain, nil
}

// refuse answers a request that does not reach its operation. DynamoDB looks whether the body is JSON before it
// looks at the target and the signature. Here that is found out only when it makes a difference, so good requests
// are not read twice.
func (x *exchange) refuse(err error) {
	if len(x.body) > 0 && header(x.r, "Content-Encoding") == "" && !json.Valid(x.body) {
		err = awsapi.Serialization("")
	}
	x.fail(err)
}
