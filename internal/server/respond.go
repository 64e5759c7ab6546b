package server

import (
	"bytes"
	"hash/crc32"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// gzipFrom is the size from which an answer is compressed for a client that asks for it. Below, it costs more time
// than it saves on any network.
const gzipFrom = 4 << 10

// respond writes the answer: one header, one Write.
func (x *exchange) respond(status int) {
	body := x.answer
	h := x.w.Header()
	if len(body) >= gzipFrom && acceptsGzip(x.r) {
		if zipped, ok := x.compress(body); ok {
			body = zipped
			h.Set("Content-Encoding", "gzip")
		}
	}
	// Headers are set in the map directly, in canonical form: Set would look for that form, and allocate, each time.
	// The one allocation for all values is not kept: the map belongs to the response writer.
	values := &[6]string{
		x.id,
		strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10), // of the bytes sent, as AWS and its SDKs compute it
		strconv.Itoa(len(body)),
		"Server",
		x.contentType,
		"keep-alive",
	}
	h["X-Amzn-Requestid"] = values[0:1:1]
	if x.api.checked {
		h["X-Amz-Crc32"] = values[1:2:2]
	}
	h["Content-Length"] = values[2:3:3]
	h["Server"] = values[3:4:4]
	if x.contentType != "" {
		h["Content-Type"] = values[4:5:5]
	} else {
		h["Content-Type"] = nil // keeps net/http from guessing
	}
	if x.r.ProtoMajor == 1 && h["Connection"] == nil {
		h["Connection"] = values[5:6:6]
	}
	x.answered = true
	x.w.WriteHeader(status)
	if x.r.Method != http.MethodHead {
		_, _ = x.w.Write(body) // an error means that the client is gone
	}
}

// acceptsGzip says whether the client asked for gzip. A quality is only looked at to see whether it is zero.
func acceptsGzip(r *http.Request) bool {
	for _, list := range r.Header["Accept-Encoding"] {
		for part := range strings.SplitSeq(list, ",") {
			name, q, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), "gzip") {
				q = strings.TrimSpace(q)
				return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
			}
		}
	}
	return false
}

// newZipper makes a compressor for the handler's pool.
func newZipper() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is valid
	return z
}

// compress returns body in gzip format, if that is shorter.
func (x *exchange) compress(body []byte) ([]byte, bool) {
	out := bytes.NewBuffer(x.zipped[:0])
	z := x.h.zippers.Get().(*gzip.Writer)
	defer x.h.zippers.Put(z)
	z.Reset(out)
	_, err := z.Write(body)
	if closeErr := z.Close(); err == nil {
		err = closeErr
	}
	x.zipped = out.Bytes()
	return x.zipped, err == nil && len(x.zipped) < len(body)
}
