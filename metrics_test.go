package stator_test

import (
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// The page of metrics keeps to Prometheus' conventions, and docs/metrics.md has what is on it, and nothing else. What counts engine
// failures is there before the first.
func TestMetrics(t *testing.T) {
	s, err := stator.Open(stator.Options{Engine: stator.EnginePostgres, EngineURL: postgrestest.Start(t, "fsync=off").URL(), NoFsync: true,
		Auth: stator.AuthOpen, Metrics: true, Throttle: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	page := func() string {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return w.Body.String()
	}
	page() // a request to be counted
	_, _ = client(t, s).ListTables(t.Context(), nil)
	text := page()
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "stator_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	names := func(pattern, text string) (all []string) {
		for _, found := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			all = append(all, found[1])
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	doc, err := os.ReadFile("docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	shown, told := names(`(?m)^# TYPE (stator_\w+) `, text), names("`(stator_\\w+)`", string(doc))
	if !slices.Equal(shown, told) {
		t.Errorf("the page has\n%q, and docs/metrics.md\n%q", shown, told)
	}
	for _, line := range []string{`stator_engine_retries_total{call="update"}`, `stator_engine_errors_total{call="update",reason="conflict"} 0`,
		`stator_engine_errors_total{call="view",reason="other"} 0`} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("no line %s", line)
		}
	}
}
