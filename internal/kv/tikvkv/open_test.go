package tikvkv

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pingcap/log"
	"go.uber.org/zap"
)

func TestParseURL(t *testing.T) {
	for text, want := range map[string]cluster{
		"tikv://pd1:2379": {drivers: []string{"pd1:2379"}, name: "stator", life: time.Hour},
		"pd1:2379,10.0.0.2:2379,[::1]:2379/prod?gc-life=off": {
			drivers: []string{"pd1:2379", "10.0.0.2:2379", "[::1]:2379"}, name: "prod"},
		"tikv://pd1:2379/a_b-1?tls-ca=/etc/ca%20x.pem&tls-cert=c&tls-key=k&keyspace=ks&gc-life=20m": {
			drivers: []string{"pd1:2379"}, name: "a_b-1", ca: "/etc/ca x.pem", cert: "c", key: "k", keyspace: "ks", life: 20 * time.Minute},
	} {
		got, err := parseURL(text)
		if err != nil || !slices.Equal(got.drivers, want.drivers) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if got.drivers, want.drivers = nil, nil; got.name != want.name || got.keyspace != want.keyspace || got.ca != want.ca ||
			got.cert != want.cert || got.key != want.key || got.life != want.life {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"":                             "host:port",
		"tikv://":                      "host:port",
		"tikv://pd1":                   "host:port",
		"tikv://pd1:2379,":             "host:port",
		"tikv://:2379":                 "host:port",
		"tikv://pd1:2379/A":            "no name",
		"tikv://pd1:2379/a/b":          "no name",
		"tikv://pd1:2379?x=1":          "no option",
		"tikv://pd1:2379?tls-cert=c":   "go together",
		"tikv://pd1:2379?tls-key=c":    "go together",
		"tikv://pd1:2379?gc-life=1m":   "gc-life",
		"tikv://pd1:2379?gc-life=long": "gc-life",
		"tikv://pd1:2379?a=%":          "options",
		"tikv://pd1:2379/" + strings.Repeat("a", 33): "no name",
	} {
		if _, err := parseURL(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
}

func TestOpenNamesTheFileThatIsMissing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "ca.pem")
	if _, err := Open("tikv://127.0.0.1:1?tls-ca="+missing, nil); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("Open = %v", err)
	}
}

func TestClientLogsToTheLogger(t *testing.T) {
	before := log.L()
	defer func() {
		log.ReplaceGlobals(before, &log.ZapProperties{Core: before.Core(), Level: zap.NewAtomicLevel()})
	}()
	var out strings.Builder
	logTo(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelInfo})))
	log.Error("boom", zap.String("store", "s1"), zap.Int("n", 2))
	log.Warn("hm")
	log.Info("not worth it")
	log.L().With(zap.Bool("with", true)).Error("again")
	for _, want := range []string{`level=WARN msg=boom component="tikv client" store=s1 n=2`, "level=INFO msg=hm", "msg=again component=\"tikv client\" with=true"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the log is %s, want %s in it", &out, want)
		}
	}
	if strings.Contains(out.String(), "not worth it") {
		t.Errorf("the log has what is not worth it: %s", &out)
	}
}

func TestPrefixEnd(t *testing.T) {
	for prefix, want := range map[string]string{"a/": "a0", "a\xff": "b", "\xff\xff": ""} {
		if got := prefixEnd([]byte(prefix)); string(got) != want {
			t.Errorf("prefixEnd(%q) = %q, want %q", prefix, got, want)
		}
	}
}
