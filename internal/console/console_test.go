package console

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func get(t *testing.T, method, path string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	maps.Copy(r.Header, header)
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestHandler(t *testing.T) {
	script := firstScript(t)
	for _, test := range []struct {
		method, path   string
		status         int
		kind, caching  string
		acceptEncoding string
		encoding       string
	}{
		{"GET", "/console/", 200, "text/html; charset=utf-8", "no-cache", "gzip, deflate, br", "gzip"},
		{"GET", "/console/", 200, "text/html; charset=utf-8", "no-cache", "", ""},
		{"HEAD", "/console/", 200, "text/html; charset=utf-8", "no-cache", "", ""},
		{"GET", "/console/iam/users/somebody", 200, "text/html; charset=utf-8", "no-cache", "gzip", "gzip"},
		{"GET", script, 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", "gzip"},
		{"GET", "/console/assets/gone.js", 404, "text/plain; charset=utf-8", "", "gzip", ""},
		{"GET", "/console/iam/users/john.doe", 200, "text/html; charset=utf-8", "no-cache", "gzip", "gzip"},
		{"GET", "/console/../embed.go", 200, "text/html; charset=utf-8", "no-cache", "gzip", "gzip"}, // a name like any other
		{"GET", "/console", 302, "text/html; charset=utf-8", "", "", ""},
		{"POST", "/console/", 405, "text/plain; charset=utf-8", "", "", ""},
	} {
		res := get(t, test.method, test.path, http.Header{"Accept-Encoding": {test.acceptEncoding}})
		h := res.Header
		if res.StatusCode != test.status || h.Get("Content-Type") != test.kind || h.Get("Cache-Control") != test.caching ||
			h.Get("Content-Encoding") != test.encoding {
			t.Errorf("%s %s: %d %v", test.method, test.path, res.StatusCode, h)
		}
		if h.Get("Content-Security-Policy") != policy || h.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s %s: headers %v", test.method, test.path, h)
		}
	}
}

func TestHandlerSaysNotModified(t *testing.T) {
	etag := get(t, "GET", "/console/", nil).Header.Get("ETag")
	if res := get(t, "GET", "/console/iam", http.Header{"If-None-Match": {etag}}); res.StatusCode != http.StatusNotModified {
		t.Errorf("status %d for %s", res.StatusCode, etag)
	}
	if res := get(t, "GET", "/console/", http.Header{"If-None-Match": {`"other"`}}); res.StatusCode != http.StatusOK {
		t.Errorf("status %d for another", res.StatusCode)
	}
}

func firstScript(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile(`<script [^>]*src="([^"]+)"`).FindSubmatch(file(t, "index.html"))
	if m == nil {
		t.Fatal("index.html has no script")
	}
	return string(m[1])
}

// file is a file of the build, not compressed.
func file(t *testing.T, name string) []byte {
	t.Helper()
	if body, err := os.ReadFile(filepath.Join("dist", name)); err == nil {
		return body
	}
	zipped, err := os.ReadFile(filepath.Join("dist", name+".gz"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := plain(zipped)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// maxFirstLoad is how many bytes a browser may load, compressed, before somebody can sign in and sees the home page.
const maxFirstLoad = 700 << 10

// chunk is an entry of Vite's manifest.
type chunk struct {
	File    string   `json:"file"`
	IsEntry bool     `json:"isEntry"`
	Imports []string `json:"imports"`
	CSS     []string `json:"css"`
	Assets  []string `json:"assets"`
}

func TestFirstLoadIsSmall(t *testing.T) {
	var manifest map[string]chunk
	if err := json.Unmarshal(file(t, ".vite/manifest.json"), &manifest); err != nil {
		t.Fatal(err)
	}
	loaded := map[string]int{}
	var load func(name string)
	load = func(name string) {
		c, ok := manifest[name]
		if !ok {
			t.Fatalf("the manifest has no %s", name)
		}
		if _, done := loaded[c.File]; done {
			return
		}
		for _, f := range append([]string{c.File}, slices.Concat(c.CSS, c.Assets)...) {
			loaded[f] = compressedSize(t, f)
		}
		for _, i := range c.Imports {
			load(i)
		}
	}
	for _, name := range []string{"index.html", "src/session/signin.tsx", "src/home/home.tsx"} {
		load(name)
	}
	sum := compressedSize(t, "index.html")
	for _, f := range slices.Sorted(maps.Keys(loaded)) {
		t.Logf("%7d %s", loaded[f], f)
		sum += loaded[f]
	}
	t.Logf("%7d in all", sum)
	if sum > maxFirstLoad {
		t.Errorf("the first load is of %d bytes, more than %d", sum, maxFirstLoad)
	}
}

func compressedSize(t *testing.T, name string) int {
	t.Helper()
	for _, name := range []string{name + ".gz", name} {
		if info, err := os.Stat(filepath.Join("dist", name)); err == nil {
			return int(info.Size())
		}
	}
	t.Fatalf("dist has no %s", name)
	return 0
}

// What is served says nothing of the machine that built it, and loads nothing from others.
func TestBuildNamesNoPlaces(t *testing.T) {
	places := regexp.MustCompile(`[^a-z]/(root|home|tmp|work|Users)/[a-z]|registry\.[a-z]+\.|fonts\.googleapis|cdn\.`)
	err := filepath.WalkDir("dist", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel("dist", path)
		if err != nil {
			return err
		}
		body := file(t, strings.TrimSuffix(name, ".gz"))
		if m := places.FindIndex(body); m != nil {
			t.Errorf("%s: …%s…", name, body[max(0, m[0]-60):min(len(body), m[1]+60)])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPlainRefusesWhatIsNotCompressed(t *testing.T) {
	if _, err := plain([]byte("no")); err == nil {
		t.Error("no error")
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte("yes"))
	_ = z.Close()
	if body, err := plain(b.Bytes()); err != nil || string(body) != "yes" {
		t.Errorf("%q, %v", body, err)
	}
}
