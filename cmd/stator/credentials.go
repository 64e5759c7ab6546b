package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/agent"
)

// credentialsConfig is what the flags of stator credentials say.
type credentialsConfig struct {
	endpoint, region, role, sessionName string
	duration                            time.Duration
	profile, tokenFile                  string
	certificate, key, chain             string
	anchor, anywhereProfile             string

	listen, authorization string
	metadata              bool
	renewBefore           time.Duration
	logLevel              slog.Level
}

func (c *credentialsConfig) sourceFlags(f *flag.FlagSet) {
	f.StringVar(&c.role, "role-arn", "", "`ARN` of the role whose credentials are given out")
	f.StringVar(&c.endpoint, "endpoint", "", "`URL` of the server (default AWS_ENDPOINT_URL, or endpoint_url of the profile)")
	f.StringVar(&c.region, "region", "", "`region` of requests (default that of the trust anchor, AWS_REGION, or that of the profile)")
	f.StringVar(&c.sessionName, "role-session-name", "", "`name` of the role's sessions (default this host's name; with a certificate, its serial number)")
	f.DurationVar(&c.duration, "duration", time.Hour, "how long the credentials are good, 15m to 12h, and no longer than the role and its profile allow")
	f.StringVar(&c.profile, "profile", "", "`name` of the profile in the AWS configuration files that may assume the role (default AWS_PROFILE, or default)")
	f.StringVar(&c.tokenFile, "web-identity-token-file", "", "`file` with the token of an identity provider, in the place of a profile")
	f.StringVar(&c.certificate, "certificate", "", "`file` with a certificate in PEM, and those between it and the trust anchor after it, in the place of a profile")
	f.StringVar(&c.key, "private-key", "", "`file` with the certificate's key in PEM")
	f.StringVar(&c.chain, "certificate-chain", "", "`file` with the certificates between, if they are not in that of the certificate")
	f.StringVar(&c.anchor, "trust-anchor-arn", "", "`ARN` of the trust anchor of the certificate")
	f.StringVar(&c.anywhereProfile, "profile-arn", "", "`ARN` of the profile of IAM Roles Anywhere that has the role")
}

func (c *credentialsConfig) serveFlags(f *flag.FlagSet) {
	f.StringVar(&c.listen, "listen", "127.0.0.1:9911", "loopback `address` to serve on; port 0 takes a free one")
	f.StringVar(&c.authorization, "authorization-token-file", defaultTokenFile(), "`file` with the token that clients have to send; it is made if it is not there")
	f.BoolVar(&c.metadata, "imds", false, "also answer as the instance metadata service does, version 2, to every process of this host")
	f.DurationVar(&c.renewBefore, "renew-before", 0, "how long before their end credentials are renewed (default a third of their time, 20m at the most)")
	f.TextVar(&c.logLevel, "log-level", slog.LevelInfo, "debug, info, warn or error")
}

// defaultTokenFile is in the folder for what programs keep for themselves, "" if there is none.
func defaultTokenFile() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "stator", "credentials-token")
}

// giveCredentials gives the credentials of a role to the processes of this host.
func giveCredentials(ctx context.Context, args []string, std stdio) error {
	var c credentialsConfig
	if len(args) > 0 && args[0] == "process" {
		if err := parse("credentials process", args[1:], std, c.sourceFlags); err != nil {
			return err
		}
		return c.process(ctx, std)
	}
	err := parse("credentials", args, std, func(f *flag.FlagSet) {
		c.sourceFlags(f)
		c.serveFlags(f)
	})
	if err != nil {
		return err
	}
	return c.serve(ctx, std)
}

// checkSource finds what is wrong with a combination of the flags that say where credentials come from.
func (c *credentialsConfig) checkSource() error {
	anywhere := []string{c.certificate, c.key, c.anchor, c.anywhereProfile}
	switch given := strings.Join(anywhere, ""); {
	case !strings.HasPrefix(c.role, "arn:") || !strings.Contains(c.role, ":role/"):
		return &usageError{"--role-arn is like arn:aws:iam::123456789012:role/name"}
	case c.duration < 15*time.Minute || c.duration > 12*time.Hour:
		return &usageError{"--duration is 15m to 12h"}
	case c.chain != "" && given == "":
		return &usageError{"--certificate-chain is for a --certificate"}
	case given == "":
	case c.certificate == "" || c.key == "" || c.anchor == "" || c.anywhereProfile == "":
		return &usageError{"--certificate, --private-key, --trust-anchor-arn and --profile-arn go together"}
	case c.profile != "" || c.tokenFile != "":
		return &usageError{"--certificate is in the place of --profile and --web-identity-token-file"}
	case len(strings.Split(c.anchor, ":")) < 6:
		return &usageError{"--trust-anchor-arn is like arn:aws:rolesanywhere:us-east-1:123456789012:trust-anchor/id"}
	}
	if c.profile != "" && c.tokenFile != "" {
		return &usageError{"--web-identity-token-file is in the place of --profile"}
	}
	return nil
}

// source is where the credentials come from.
func (c *credentialsConfig) source(ctx context.Context) (agent.Source, error) {
	if err := c.checkSource(); err != nil {
		return nil, err
	}
	conf, err := c.load(ctx)
	if err != nil {
		return nil, err
	}
	c.region = conf.Region
	if c.certificate != "" {
		client, err := httpClient()
		if err != nil {
			return nil, err
		}
		return &agent.Certificate{Endpoint: *conf.BaseEndpoint, HTTP: client, Region: conf.Region,
			CertificateFile: c.certificate, KeyFile: c.key, ChainFile: c.chain, TrustAnchorARN: c.anchor, ProfileARN: c.anywhereProfile,
			RoleARN: c.role, SessionName: c.sessionName, Duration: c.duration}, nil
	}
	name := c.sessionName
	if name == "" {
		name = hostSession()
	}
	client := sts.NewFromConfig(conf)
	if c.tokenFile != "" {
		return stscreds.NewWebIdentityRoleProvider(client, c.role, stscreds.IdentityTokenFile(c.tokenFile), func(o *stscreds.WebIdentityRoleOptions) {
			o.RoleSessionName, o.Duration = name, c.duration
		}), nil
	}
	return stscreds.NewAssumeRoleProvider(client, c.role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName, o.Duration = name, c.duration
	}), nil
}

// load reads the AWS configuration. A profile is always named, so that credentials come from there and never from the endpoint that
// this very process serves.
func (c *credentialsConfig) load(ctx context.Context) (aws.Config, error) {
	var options []func(*awsconfig.LoadOptions) error
	if c.certificate != "" || c.tokenFile != "" {
		options = append(options, awsconfig.WithCredentialsProvider(aws.AnonymousCredentials{}))
	} else {
		profile := c.profile
		if profile == "" {
			profile = os.Getenv("AWS_PROFILE")
		}
		if profile == "" {
			profile = awsconfig.DefaultSharedConfigProfile
		}
		options = append(options, awsconfig.WithSharedConfigProfile(profile))
	}
	if c.anchor != "" && c.region == "" {
		c.region = strings.Split(c.anchor, ":")[3]
	}
	if c.region != "" {
		options = append(options, awsconfig.WithRegion(c.region))
	}
	conf, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return conf, err
	}
	if c.endpoint != "" {
		conf.BaseEndpoint = &c.endpoint
	}
	if conf.BaseEndpoint == nil {
		return conf, &usageError{"where is the server? Give --endpoint, or set AWS_ENDPOINT_URL"}
	}
	if conf.Region == "" {
		return conf, &usageError{"which region? Give --region, or set AWS_REGION"}
	}
	return conf, nil
}

// hostSession is a name for sessions by that of this host, of the letters and the length that names may have.
func hostSession() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	name := strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_+=,.@-", r) {
			return r
		}
		return '-'
	}, "stator-"+host)
	return name[:min(len(name), 64)]
}

// process prints credentials as credential_process wants them ("Process credential provider", AWS SDKs and Tools Reference Guide).
func (c *credentialsConfig) process(ctx context.Context, std stdio) error {
	source, err := c.source(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	got, err := source.Retrieve(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(std.out).Encode(struct {
		Version         int
		AccessKeyID     string `json:"AccessKeyId"`
		SecretAccessKey string
		SessionToken    string
		Expiration      time.Time
	}{1, got.AccessKeyID, got.SecretAccessKey, got.SessionToken, got.Expires.UTC()})
}

// serve serves credentials until it is told to stop.
func (c *credentialsConfig) serve(ctx context.Context, std stdio) error {
	if c.renewBefore < 0 || c.renewBefore >= c.duration {
		return &usageError{"--renew-before is less than --duration"}
	}
	if c.authorization == "" {
		return &usageError{"--authorization-token-file is empty"}
	}
	source, err := c.source(ctx)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	ln, err := net.Listen("tcp", c.listen)
	if err != nil {
		return fmt.Errorf("can't listen on %s: %w", c.listen, err)
	}
	defer ln.Close()
	if !isLoopback(ln.Addr()) {
		return &usageError{"--listen " + c.listen + ": others than this host could reach it; give a loopback address such as 127.0.0.1:9911"}
	}
	token, err := agent.ReadToken(c.authorization)
	if err != nil {
		return err
	}
	file, err := filepath.Abs(c.authorization)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(std.err, &slog.HandlerOptions{Level: c.logLevel}))
	keeper := agent.NewKeeper(source, c.renewBefore, log)
	server := &http.Server{
		Handler:           agent.NewHandler(agent.Options{Keeper: keeper, RoleARN: c.role, Region: c.region, Token: token, Metadata: c.metadata, Logger: log}),
		ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	served, kept := make(chan error, 1), make(chan struct{})
	go func() { served <- server.Serve(ln) }()
	go func() {
		keeper.Run(ctx)
		close(kept)
	}()
	at := "http://" + ln.Addr().String()
	text := "Stator serves credentials of " + c.role + "\n" +
		"  export AWS_CONTAINER_CREDENTIALS_FULL_URI=" + at + agent.CredentialsPath + " AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=" + quote(file) + "\n"
	if c.metadata {
		text += "  export AWS_EC2_METADATA_SERVICE_ENDPOINT=" + at + "\n"
	}
	if _, err := fmt.Fprint(std.out, text); err != nil {
		return err
	}
	select {
	case err = <-served:
		stop()
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		err = server.Shutdown(grace)
	}
	<-kept
	log.Info("stopped")
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}
