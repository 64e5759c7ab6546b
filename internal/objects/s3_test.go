package objects

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fakeS3 is as much of S3 as is used: PutObject, GetObject and ListObjectsV2 of one bucket, by path.
type fakeS3 struct {
	mu      sync.Mutex
	objects map[string][]byte
}

func openFake(t *testing.T) *Store {
	server := httptest.NewServer(&fakeS3{objects: map[string][]byte{}})
	t.Cleanup(server.Close)
	env := map[string]string{"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}
	s, err := Open("s3://real/some/prefix?endpoint="+server.URL, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fail := func(status int, code string) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code></Error>")
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/real")
	if !ok || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=id/") {
		fail(http.StatusForbidden, "AccessDenied")
		return
	}
	key := strings.TrimPrefix(rest, "/")
	switch {
	case key == "" && r.Method == http.MethodGet:
		f.list(w, r)
	case !strings.HasPrefix(key, "some/prefix/"):
		fail(http.StatusForbidden, "AccessDenied")
	case r.Method == http.MethodPut:
		f.objects[key], _ = io.ReadAll(r.Body)
	default:
		content, ok := f.objects[key]
		if !ok {
			fail(http.StatusNotFound, "NoSuchKey")
			return
		}
		_, _ = w.Write(content)
	}
}

func (f *fakeS3) list(w http.ResponseWriter, r *http.Request) {
	type content struct {
		Key  string
		Size int
	}
	var out struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []content
	}
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("max-keys"))
	var keys []string
	for key := range f.objects {
		if strings.HasPrefix(key, q.Get("prefix")) && key > q.Get("start-after") {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys[:min(limit, len(keys))] {
		out.Contents = append(out.Contents, content{key, len(f.objects[key])})
	}
	_ = xml.NewEncoder(w).Encode(out)
}
