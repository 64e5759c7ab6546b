package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/statordb/stator"
)

func serve(ctx context.Context, args []string, std stdio) error {
	var c config
	if err := parse("serve", args, std, func(f *flag.FlagSet) { c.serveFlags(f) }); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: c.logLevel}))

	// Signals are taken before anything is opened, so that none ends the process in the middle of it.
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process at once

	// The port is taken first: whoever fails to get it has touched nothing.
	ln, err := listen(&c)
	if err != nil {
		return err
	}
	defer ln.Close()
	masterKey, err := c.masterKey(ctx)
	if err != nil {
		return err
	}
	local := isLoopback(ln.Addr())
	s, err := stator.Open(stator.Options{
		Data:            c.data,
		Engine:          stator.Engine(c.engine),
		EngineURL:       c.engineURL,
		NoFsync:         c.noFsync,
		CacheSize:       c.cacheMiB << 20,
		Auth:            stator.Auth(c.auth),
		Account:         c.account,
		Region:          c.region,
		MasterKey:       masterKey,
		PublicURL:       c.publicURL,
		AllowedNetworks: c.allowed,
		TrustedProxies:  c.proxies,
		SignUp:          c.signUp == "open" || c.signUp == "auto" && local && len(c.proxies) == 0 && c.publicURL == "",
		SMTPURL:         c.smtpURL,
		SMTPFrom:        c.smtpFrom,
		Version:         buildVersion(),
		Metrics:         c.metrics == "on" || c.metrics == "auto" && local,
		Throttle:        c.throttle,
		ObjectStore:     c.objectStore,
		ShardLife:       c.shardLife,
		Audit:           stator.AuditOptions{Path: c.auditPath(), Data: c.auditData, MaxSizeMB: c.auditMaxSize, MaxFiles: c.auditMaxFiles},
		Drain:           c.drain,
		Logger:          log,
	})
	if err != nil {
		return err
	}
	err = announceAndServe(ctx, &c, s, ln, log, std.out)
	return errors.Join(err, s.Close())
}

func announceAndServe(ctx context.Context, c *config, s *stator.Server, ln net.Listener, log *slog.Logger, out io.Writer) error {
	at := announcement{Endpoint: endpointOf(ln, c), Region: c.region, Auth: c.auth}
	if !isLoopback(ln.Addr()) && c.tlsCert == "" {
		log.Warn("requests and answers can be read on the network: give --tls-cert and --tls-key, or listen on 127.0.0.1",
			"listen", ln.Addr().String())
	}
	if c.auth == "open" {
		log.Warn("authentication is off: anyone who can reach the server may do anything")
	}
	if c.noFsync {
		log.Warn("writes are acknowledged before they are on disk: a crash loses the last second")
	}
	// Without a folder there is nothing that env could find.
	if c.engine == "pebble" || c.auth == "iam" {
		if err := at.write(c.data); err != nil {
			return err
		}
	}
	if err := printReady(out, at, c.engine, s); err != nil {
		return err
	}
	err := s.Serve(ctx, ln, c.grace)
	log.Info("stopped")
	return err
}

// printReady prints the one block that says where everything is.
func printReady(out io.Writer, at announcement, engine string, s *stator.Server) error {
	text := "Stator is ready.\n" +
		"  endpoint     " + at.Endpoint + "\n" +
		"  console      " + at.Endpoint + "/console/\n" +
		"  region       " + at.Region + "\n" +
		"  account      " + s.Account() + "\n"
	c, ok := s.Credentials()
	switch {
	case at.Auth == "open":
		text += "  AUTHENTICATION IS OFF (--auth=open): any credentials may do anything. For tests alone.\n"
	case ok:
		text += "  credentials  " + c.File + " (profile default)\n"
	default:
		text += "  credentials  not in the data folder\n"
	}
	if file := s.SetupToken(); file != "" && at.Auth != "open" {
		text += "  setup token  " + file + " (claim the root user with it in the console)\n"
	}
	if engine == "memory" {
		text += "  data         in memory: gone when the server stops\n"
	}
	_, err := fmt.Fprint(out, text)
	return err
}

// listen takes the port.
func listen(c *config) (net.Listener, error) {
	var conf *tls.Config
	if c.tlsCert != "" {
		cert, err := tls.LoadX509KeyPair(c.tlsCert, c.tlsKey)
		if err != nil {
			return nil, fmt.Errorf("the TLS certificate can't be used: %w", err)
		}
		conf = &tls.Config{
			Certificates: []tls.Certificate{cert},
			MinVersion:   tls.VersionTLS12,
			NextProtos:   []string{"h2", "http/1.1"},
		}
	}
	ln, err := net.Listen("tcp", c.listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another process; choose another address with --listen", c.listen)
	}
	if err != nil {
		return nil, fmt.Errorf("can't listen on %s: %w", c.listen, err)
	}
	if conf != nil {
		ln = tls.NewListener(ln, conf)
	}
	return ln, nil
}
