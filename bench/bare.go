package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const bareName = "bare"

// canned is what the bare handler answers, by target: for each operation one answer that another server gave.
type canned map[string]cannedAnswer

type cannedAnswer struct {
	Header map[string]string
	Body   []byte
}

// bareKind is the limit: what Go's HTTP server does on this machine with requests and answers of these sizes when
// there is no database behind it. It is this program, started once more, so that it is a process of its own.
func bareKind() kind {
	return kind{
		name:  bareName,
		title: "bare net/http",
		note:  "the limit: a handler that reads the request and sends an answer of the same size, and does nothing else",
		prepare: func(_ context.Context, _ *options, temp string) (string, error) {
			return filepath.Join(temp, "answers.json"), nil
		},
		command: func(answers, port, _ string) []string {
			self, err := os.Executable()
			if err != nil {
				self = os.Args[0]
			}
			return []string{self, "bare", "-listen", "127.0.0.1:" + port, "-answers", answers}
		},
		credentials: anyCredentials,
		version:     func(context.Context, string) string { return "" },
	}
}

// cannedFrom keeps what a server answered, less the headers that net/http sets itself.
func cannedFrom(a answer) cannedAnswer {
	kept := cannedAnswer{Header: map[string]string{}, Body: append([]byte(nil), a.body...)}
	for line := range strings.Lines(string(a.header)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch strings.ToLower(name) {
		case "date", "content-length", "connection", "transfer-encoding", "keep-alive", "":
		default:
			kept.Header[name] = strings.TrimSpace(value)
		}
	}
	return kept
}

// serveBare is the process of bareKind.
func serveBare(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench bare", flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:0", "`address` to listen on")
	file := flags.String("answers", "", "`file` of what to answer")
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	var answers canned
	if err := json.Unmarshal(text, &answers); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: bareHandler(answers), ReadHeaderTimeout: time.Minute}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func bareHandler(answers canned) http.Handler {
	type prepared struct {
		header [][2]string
		body   []byte
	}
	byTarget := map[string]prepared{}
	for target, a := range answers {
		p := prepared{body: a.Body, header: [][2]string{{"Content-Length", strconv.Itoa(len(a.Body))}}}
		for name, value := range a.Header {
			p.header = append(p.header, [2]string{http.CanonicalHeaderKey(name), value})
		}
		byTarget[targetPrefix+target] = p
	}
	buffers := sync.Pool{New: func() any { return new([64 << 10]byte) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		buffer, _ := buffers.Get().(*[64 << 10]byte)
		defer buffers.Put(buffer)
		for {
			if _, err := r.Body.Read(buffer[:]); err == io.EOF {
				break
			} else if err != nil {
				return
			}
		}
		p := byTarget[r.Header.Get("X-Amz-Target")]
		header := w.Header()
		for _, h := range p.header {
			header[h[0]] = []string{h[1]}
		}
		_, _ = w.Write(p.body)
	})
}
