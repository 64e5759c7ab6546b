// Package console is Stator's web console: a single-page application, built from the folder app into dist, which is
// committed and embedded so that the server needs no Node.js. It imports nothing of ours.
//
// The main rule: there is no private data API. The application calls the same signed APIs as any client, with temporary
// credentials of whoever signed in, so what a person may do in it is what policies allow.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Path is where the console is on the server.
const Path = "/console/"

// built is the application as the build made it. What compresses is there as .gz only: nearly all browsers take it so,
// and it keeps the program small.
//
//go:embed dist
var built embed.FS

// policy is the Content-Security-Policy: only files of this server are run, and only this server is talked to. Styles are
// files too; what components set on elements they set through the CSSOM, which the policy does not concern.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// asset is one file of the application.
type asset struct {
	read        func() content
	gzipped     bool
	contentType string
	immutable   bool // its name has a hash of its content
}

// content is what is in a file.
type content struct {
	body []byte
	etag string
}

// Handler serves the application below Path. Paths without an extension are views of it, and get its page.
func Handler() http.Handler {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	assets, err := load(dist)
	if err != nil {
		panic(err) // reading memory
	}
	return assets
}

// madeAssets is where the build puts what has a hash in its name.
const madeAssets = "assets/"

// assets are the files by path below Path.
type assets map[string]*asset

func load(dist fs.FS) (assets, error) {
	all := assets{}
	err := fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		plain, gzipped := strings.CutSuffix(name, ".gz")
		all[plain] = &asset{read: sync.OnceValue(func() content { return read(dist, name) }), gzipped: gzipped,
			contentType: contentType(plain), immutable: strings.HasPrefix(plain, madeAssets)}
		return nil
	})
	return all, err
}

// read reads a file that is there. Whoever starts a server does not need the console, so that this is for when somebody does.
func read(dist fs.FS, name string) content {
	body, err := fs.ReadFile(dist, name)
	if err != nil {
		panic(err) // reading memory
	}
	sum := sha256.Sum256(body)
	return content{body, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
}

// contentType does not depend on what the machine has in /etc/mime.types for the types that the build makes.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".md":
		return "text/plain; charset=utf-8"
	default:
		return mime.TypeByExtension(ext)
	}
}

// ServeHTTP implements http.Handler.
func (all assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	name, below := strings.CutPrefix(r.URL.Path, Path)
	if !below {
		http.Redirect(w, r, Path, http.StatusFound)
		return
	}
	a := all[name]
	// What the build did not make is an address within the application, which has names of users and tables, dots and all, in it.
	if a == nil && !strings.HasPrefix(name, madeAssets) {
		a = all["index.html"]
	}
	if a == nil {
		http.Error(w, "Not Found", http.StatusNotFound)
		return
	}
	a.serve(w, r)
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h, file := w.Header(), a.read()
	h.Set("Content-Type", a.contentType)
	h.Set("ETag", file.etag)
	if a.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if a.gzipped {
		h.Set("Vary", "Accept-Encoding")
	}
	if strings.Contains(r.Header.Get("If-None-Match"), file.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := file.body
	if a.gzipped && takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
	} else if a.gzipped {
		var err error
		if body, err = plain(file.body); err != nil {
			http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // a client that went away is no concern
	}
}

// takesGzip does without weights, which no browser sends: gzip;q=0 is as good as no gzip.
func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(coding) == "gzip" {
			return true
		}
	}
	return false
}

func plain(gzipped []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(gzipped))
	if err != nil {
		return nil, fmt.Errorf("an asset: %w", err)
	}
	return io.ReadAll(z)
}
