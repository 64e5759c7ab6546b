package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/statordb/stator"
)

// usageError is a mistake in flags, arguments or environment.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

// envPrefix and a flag's name in upper case are the flag's environment variable.
const envPrefix = "STATOR_"

func variable(name string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

const defaultData = "./stator-data"

// config is what the flags say.
type config struct {
	data, listen, engine, engineURL string
	auth, region, account           string
	tlsCert, tlsKey                 string
	logLevel                        slog.Level
	metrics                         string
	allowed, proxies                networks
	noFsync, throttle               bool
	cacheMiB                        int64
	drain, grace, shardLife         time.Duration
	masterKeyCommand                string
	publicURL, signUp               string
	smtpURL, smtpFrom               string
	objectStore                     string
	auditLog                        string
	auditData                       bool
	auditMaxSize, auditMaxFiles     int
}

func (c *config) dataFlag(f *flag.FlagSet) {
	f.StringVar(&c.data, "data", defaultData, "`folder` for the data, the credentials and the master key")
}

// whereFlags say where the data is.
func (c *config) whereFlags(f *flag.FlagSet) {
	c.dataFlag(f)
	f.StringVar(&c.engine, "engine", "pebble", "what keeps the data: pebble, memory, or tikv or postgres, which many servers share")
	f.StringVar(&c.engineURL, "engine-url", "", "`URL` of a shared engine: tikv://pd1:2379,pd2:2379/name?tls-ca=ca.pem&tls-cert=client.pem&tls-key=client.key (the name, stator by default, keeps uses of a cluster apart), or postgres://user:password@host:5432/database?schema=stator")
}

// where are the options that say it.
func (c *config) where() stator.Options {
	return stator.Options{Data: c.data, Engine: stator.Engine(c.engine), EngineURL: c.engineURL}
}

func (c *config) masterKeyFlag(f *flag.FlagSet) {
	f.StringVar(&c.masterKeyCommand, "master-key-command", "", "`command` for the shell that prints the master key, in the place of the file in the data folder")
}

// masterKey is the master key from outside, and older ones after it; empty if it is in the data folder. It is given by a
// command, or in the environment, and never by a flag: everybody on the machine can read those.
func (c *config) masterKey(ctx context.Context) (string, error) {
	if c.masterKeyCommand == "" {
		return os.Getenv(envPrefix + "MASTER_KEY"), nil
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", c.masterKeyCommand)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err == nil && len(bytes.TrimSpace(out)) == 0 {
		err = errors.New("it printed nothing")
	}
	if err != nil {
		return "", fmt.Errorf("--master-key-command: %w", err)
	}
	return string(out), nil
}

func (c *config) serveFlags(f *flag.FlagSet) {
	c.whereFlags(f)
	c.masterKeyFlag(f)
	f.StringVar(&c.listen, "listen", "127.0.0.1:8000", "`address` to serve on; port 0 takes a free one")
	f.StringVar(&c.auth, "auth", "iam", "iam, or open: for tests alone, checks nothing")
	f.StringVar(&c.region, "region", "us-east-1", "`region` that clients are told to use")
	f.StringVar(&c.account, "account-id", "", "12 `digits` of the account that the first start makes (default random)")
	f.StringVar(&c.tlsCert, "tls-cert", "", "`file` with the certificate chain in PEM, for HTTPS")
	f.StringVar(&c.tlsKey, "tls-key", "", "`file` with its private key in PEM")
	f.TextVar(&c.logLevel, "log-level", slog.LevelInfo, "debug, info, warn or error; debug logs every request")
	f.StringVar(&c.metrics, "metrics", "auto", "serve /metrics without authentication: on, off, or auto: when only this machine can reach it")
	f.Var(&c.allowed, "allow-cidr", "`networks` that requests may come from, with commas or many flags (default all); /healthz and /readyz answer everyone")
	f.Var(&c.proxies, "trusted-proxies", "`networks` of the proxies in front: who they say in X-Forwarded-For and -Proto a request is from counts")
	f.BoolVar(&c.noFsync, "no-fsync", false, "acknowledge writes before they are on disk: a crash loses the last second")
	f.BoolVar(&c.throttle, "throttle", false, "limit requests to the throughput of tables and indexes, as AWS does; each server counts for itself")
	f.DurationVar(&c.shardLife, "stream-shard-life", 4*time.Hour, "how long a shard of a stream takes records before its child does; less to try how a consumer takes it")
	f.Int64Var(&c.cacheMiB, "cache-mib", 8, "`MiB` of memory for the engine's cache; give it more if the data is much larger")
	f.StringVar(&c.publicURL, "public-url", "", "`URL` by which clients reach the server: links in mails begin with it, and SAML assertions may be meant for /saml there")
	f.StringVar(&c.signUp, "sign-up", "auto", "let strangers make accounts of their own in the console: open, closed, or auto: when only this machine can reach it")
	f.StringVar(&c.smtpURL, "smtp-url", "", "`URL` of the server that mails codes to those who sign up or have forgotten a root password, as smtps://user:password@mail.example.com; give it in the environment (default the codes are logged)")
	f.StringVar(&c.smtpFrom, "smtp-from", "", "`address` that mails are from")
	f.StringVar(&c.objectStore, "object-store", "", "`URL` of where tables are exported to and imported from: a folder, mem://, or s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1 with the key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (default objects in the data folder)")
	f.StringVar(&c.auditLog, "audit-log", auditAuto, "`file` that says who did what, a line for each request on tables and identities; - is standard error, off is none, auto is audit.log in the data folder")
	f.BoolVar(&c.auditData, "audit-data-events", false, "have reads and writes of items in the audit log too, without their values")
	f.IntVar(&c.auditMaxSize, "audit-max-size-mb", 100, "`MiB` after which another audit log is begun")
	f.IntVar(&c.auditMaxFiles, "audit-max-files", 0, "`number` of full audit logs that are kept, 0 for all")
	f.DurationVar(&c.drain, "drain", 0, "how long requests are still taken after SIGTERM while /readyz fails, such as 5s: as long as load balancers in front take to notice")
	f.DurationVar(&c.grace, "shutdown-grace", 30*time.Second, "how long requests in flight may take after SIGTERM")
}

// parse reads flags, and for those that are not given the environment.
func parse(name string, args []string, std stdio, define func(*flag.FlagSet)) error {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(std.err)
	define(f)
	f.Usage = func() { help(f, name) }
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return &usageError{"see stator " + name + " --help"} // the flag package has said what is wrong
	}
	if f.NArg() > 0 {
		return &usageError{fmt.Sprintf("unexpected argument %q", f.Arg(0))}
	}
	given := map[string]bool{}
	f.Visit(func(fl *flag.Flag) { given[fl.Name] = true })
	var bad error
	f.VisitAll(func(fl *flag.Flag) {
		value, ok := os.LookupEnv(variable(fl.Name))
		if !ok || given[fl.Name] || bad != nil {
			return
		}
		if err := f.Set(fl.Name, value); err != nil {
			bad = &usageError{fmt.Sprintf("%s=%q: %v", variable(fl.Name), value, err)}
		}
	})
	return bad
}

func help(f *flag.FlagSet, name string) {
	out := f.Output()
	fmt.Fprintf(out, "Usage: stator %s [flags]\n\n", name)
	f.VisitAll(func(fl *flag.Flag) {
		value, text := flag.UnquoteUsage(fl)
		fmt.Fprintf(out, "  --%s %s\n        %s", fl.Name, value, text)
		if fl.DefValue != "" && fl.DefValue != "false" {
			fmt.Fprintf(out, " (default %s)", fl.DefValue)
		}
		fmt.Fprintf(out, " [%s]\n", variable(fl.Name))
	})
}

// check finds what is wrong with a combination of flags.
func (c *config) check() error {
	if err := c.checkEngine(); err != nil {
		return err
	}
	if c.auth != "iam" && c.auth != "open" {
		return &usageError{fmt.Sprintf("--auth %q: it is iam or open", c.auth)}
	}
	if c.metrics != "auto" && c.metrics != "on" && c.metrics != "off" {
		return &usageError{fmt.Sprintf("--metrics %q: it is auto, on or off", c.metrics)}
	}
	if c.signUp != "auto" && c.signUp != "open" && c.signUp != "closed" {
		return &usageError{fmt.Sprintf("--sign-up %q: it is auto, open or closed", c.signUp)}
	}
	if (c.smtpURL == "") != (c.smtpFrom == "") {
		return &usageError{"--smtp-url and --smtp-from go together"}
	}
	if (c.tlsCert == "") != (c.tlsKey == "") {
		return &usageError{"--tls-cert and --tls-key go together"}
	}
	if c.auditMaxSize < 1 || c.auditMaxFiles < 0 {
		return &usageError{"--audit-max-size-mb is at least 1, --audit-max-files not negative"}
	}
	if u, err := url.Parse(c.publicURL); c.publicURL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "") {
		return &usageError{"--public-url is like https://db.example.com"}
	}
	if c.drain < 0 {
		return &usageError{"--drain is negative"}
	}
	if c.cacheMiB < 1 {
		return &usageError{"--cache-mib is less than 1"}
	}
	return nil
}

// checkEngine finds what is wrong with what says where the data is.
func (c *config) checkEngine() error {
	switch c.engine {
	case "pebble", "memory":
		if c.engineURL != "" {
			return &usageError{"--engine-url is for shared engines; " + c.engine + " has none"}
		}
	case "tikv":
		if c.engineURL == "" {
			return &usageError{"--engine tikv needs --engine-url tikv://pd1:2379,pd2:2379/name"}
		}
	case "postgres":
		if c.engineURL == "" {
			return &usageError{"--engine postgres needs --engine-url postgres://user:password@host:5432/database"}
		}
	default:
		return &usageError{fmt.Sprintf("--engine %q: it is pebble, memory, tikv or postgres", c.engine)}
	}
	if c.data == "" {
		return &usageError{"--data is empty"}
	}
	return nil
}

const auditAuto = "auto"

// auditPath is where the audit log is, "" if there is none. Without authentication, or data that stays, nobody needs one.
func (c *config) auditPath() string {
	switch {
	case c.auditLog == "off", c.auditLog == auditAuto && (c.engine == "memory" || c.auth == "open"):
		return ""
	case c.auditLog == auditAuto:
		return filepath.Join(c.data, "audit.log")
	}
	return c.auditLog
}

// isLoopback says whether only this machine can reach a listener.
func isLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
