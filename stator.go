// Package stator is a DynamoDB in your program: the DynamoDB API with AWS's own IAM over an embedded engine, as an
// http.Handler. The stator command is this package with flags.
//
// It wires the parts together and decides nothing else. It may import all of them, and is, with the command, the only
// importer of engines.
package stator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/statordb/stator/internal/accessanalyzer"
	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/cloudtrail"
	"github.com/statordb/stator/internal/cloudwatch"
	"github.com/statordb/stator/internal/costexplorer"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/dynamodb"
	"github.com/statordb/stator/internal/identity"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/meter"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/portal"
	"github.com/statordb/stator/internal/rolesanywhere"
	"github.com/statordb/stator/internal/server"
	"github.com/statordb/stator/internal/signin"
	"github.com/statordb/stator/internal/sources"
	"github.com/statordb/stator/internal/table"
	"github.com/statordb/stator/internal/transfer"
)

// Engine is what keeps the data.
type Engine string

// The engines.
const (
	// EnginePebble keeps the data in a folder, owned by one server at a time.
	EnginePebble Engine = "pebble"
	// EngineMemory forgets the data on Close.
	EngineMemory Engine = "memory"
	// EngineTiKV keeps the data in a TiKV cluster, which any number of servers share.
	EngineTiKV Engine = "tikv"
	// EnginePostgres keeps the data in a PostgreSQL database, which any number of servers share.
	EnginePostgres Engine = "postgres"
)

// Auth is how requests prove who they are from.
type Auth string

// The kinds of authentication.
const (
	// AuthIAM believes requests signed with an access key of the server, and lets them do what IAM policies allow.
	AuthIAM Auth = "iam"
	// AuthOpen believes every request and checks nothing. It is for tests. Everything belongs to account 000000000000.
	AuthOpen Auth = "open"
)

// DefaultRegion is the region of requests that name none.
const DefaultRegion = "us-east-1"

// Options configure a server. The zero value is one in memory with IAM.
type Options struct {
	// Data is the folder for the embedded engine's data and for what the first start makes: credentials, setup-token, master-key. It
	// is created if need be. With EngineMemory it may be empty; then nothing is written anywhere.
	Data string
	// Engine defaults to EnginePebble if Data is given, and otherwise to EngineMemory.
	Engine Engine
	// EngineURL is where a shared engine is, such as postgres://user:password@host:5432/database?schema=stator. That of EngineTiKV
	// names the placement drivers, and a name that begins all keys, so that several uses of a cluster do not meet; the default is
	// stator. Servers with the same name share their data:
	//
	//	tikv://pd1:2379,pd2:2379/name?tls-ca=ca.pem&tls-cert=client.pem&tls-key=client.key&keyspace=k&gc-life=1h
	//
	// With a shared engine Data is only for what the first start makes, and the master key is the same on all servers.
	EngineURL string
	// NoFsync acknowledges writes before they are on disk: a crash loses about the last second.
	NoFsync bool
	// CacheSize is the memory in bytes for the engine's cache of uncompressed blocks, taken as it fills. 0 is 8 MiB.
	CacheSize int64
	// Auth defaults to AuthIAM.
	Auth Auth
	// Account is the id of the account that the first start makes, 12 digits; empty means random.
	Account string
	// Region defaults to DefaultRegion.
	Region string
	// MasterKey encrypts secrets at rest, 32 bytes in base64. Empty means the one in Data, made at the first start. Older
	// ones may follow it, separated by white space: what they encrypted is encrypted with the first anew.
	MasterKey string
	// TrustedProxies are the addresses of the proxies in front of the server. What they say in X-Forwarded-For and
	// X-Forwarded-Proto is what policies see as aws:SourceIp and aws:SecureTransport; what others say there is not.
	TrustedProxies []netip.Prefix
	// AllowedNetworks are where requests may come from. All others are refused, and so is what has no address, as over
	// a Unix socket; but GET /healthz and /readyz answer everyone. None means that everything is allowed.
	AllowedNetworks []netip.Prefix
	// Audit is what is kept of what was done.
	Audit AuditOptions
	// Throttle limits requests to the throughput of tables and indexes, and changes of throughput to AWS's quotas, as AWS
	// does. Without it the machine is the limit. Each server has its own count of what was consumed.
	Throttle bool
	// ShardLife is how long a shard of a stream takes records before its child does; 0 is four hours, as on AWS. A shorter
	// one, of a second at least, is for trying how a consumer takes it: every shard is kept and listed for a day.
	ShardLife time.Duration
	// PublicURL is how clients reach the server, such as https://db.example.com. Links in mails begin with it, and SAML assertions
	// may be meant for /saml there.
	PublicURL string
	// SignUp lets strangers make accounts of their own in the console.
	SignUp bool
	// SMTPURL is the server that sends the codes that people need who sign up or have forgotten a password, such as
	// smtps://user:password@mail.example.com, and SMTPFrom the address that they are from. Without, codes are logged, and
	// whoever reads the log hands them on.
	SMTPURL, SMTPFrom string
	// Version is what the console shows as the server's.
	Version string
	// ObjectStore is where tables are exported to and imported from: a folder, mem://, or s3://bucket/prefix with the parameters
	// endpoint and region and the access key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Each account has its own buckets in it.
	// The default is the folder objects in Data, and memory with EngineMemory or without Data. Servers that share an engine need one that
	// all of them reach, as any of them may do the work.
	ObjectStore string
	// Metrics serves /metrics without authentication.
	Metrics bool
	// Drain is how long Serve goes on answering after its context has ended, while GET /readyz says that the server is going: as
	// long as the load balancers in front take to notice. 0 is for a server with none.
	Drain time.Duration
	// Logger gets what the server has to say; nil drops it.
	Logger *slog.Logger
}

// Credentials sign requests.
type Credentials struct {
	AccessKeyID, SecretAccessKey string
	// Account is the account they belong to.
	Account string
	// File is where they are for the AWS CLI and SDKs, profile default; empty if nowhere.
	File string
}

// String leaves the secret out, so that it does not get into a log.
func (c Credentials) String() string { return c.AccessKeyID + " of account " + c.Account }

// GoString is String.
func (c Credentials) GoString() string { return c.String() }

// Server is an open server. It is an http.Handler, safe for concurrent use.
type Server struct {
	handler      *server.Handler
	audit        *auditor
	signIn       *signin.Handler
	db           engine
	sharing      *sharing // nil if no other server has the engine
	store        *table.Store
	objects      *objects.Store
	transfers    *transfer.Service
	identities   *identity.Store
	directory    *directory.Store
	center       *center.Store
	sources      *sources.Service
	portal       *portal.Portal
	region, data string
	credentials  Credentials
	// managementAccount is the account that the organization and its people are of.
	managementAccount string

	// current ends with the reason when the store in the engine got a format that is unknown here; outdate ends it.
	current context.Context
	outdate context.CancelCauseFunc

	stopSampling context.CancelFunc // nil if nothing is sampled
	sampling     sync.WaitGroup
}

var _ http.Handler = (*Server)(nil)

// Open opens a server. It serves nothing by itself: use it as a handler, or call Serve.
func Open(opts Options) (*Server, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	db, err := openEngine(opts)
	if err != nil {
		return nil, err
	}
	return open(db, opts)
}

// OpenOn is Open over an engine that is open already, of the kind that opts say, and is closed with the server. Engines are
// internal, so it is for this module's own tests.
func OpenOn(db kv.DB, opts Options) (*Server, error) {
	if err := opts.complete(); err != nil {
		return nil, err
	}
	return open(engine{DB: db}, opts)
}

func open(db engine, opts Options) (*Server, error) {
	s := &Server{db: db, region: opts.Region, data: opts.Data}
	s.current, s.outdate = context.WithCancelCause(context.Background())
	if opts.Engine.shared() {
		s.sharing = newSharing()
		s.db.DB = kv.Watch(db.DB, s.sharing.called)
	}
	if err := s.wire(context.Background(), opts); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (o *Options) complete() error {
	if o.Engine == "" && o.Data == "" {
		o.Engine = EngineMemory
	} else if o.Engine == "" {
		o.Engine = EnginePebble
	}
	if o.Auth == "" {
		o.Auth = AuthIAM
	}
	if o.Region == "" {
		o.Region = DefaultRegion
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	switch {
	case o.Engine == EnginePebble && o.Data == "":
		return errors.New("the engine pebble needs a data folder")
	case o.Engine.shared() && o.Data == "" && o.MasterKey == "" && o.Auth == AuthIAM:
		return errors.New("a shared engine needs a master key, or a data folder to have one in")
	case o.Auth != AuthIAM && o.Auth != AuthOpen:
		return fmt.Errorf("there is no authentication %q", o.Auth)
	case !server.ValidRegion(o.Region):
		return fmt.Errorf("%q is no name for a region", o.Region)
	case o.ShardLife != 0 && (o.ShardLife < minShardLife || o.ShardLife > maxShardLife):
		return fmt.Errorf("shards of streams live from %v to %v, not %v", minShardLife, maxShardLife, o.ShardLife)
	case o.Account != "" && identity.CheckAccount(o.Account) != nil:
		return fmt.Errorf("account %q: %w", o.Account, identity.CheckAccount(o.Account))
	}
	if o.MasterKey != "" {
		_, err := identity.ParseMasterKeys(o.MasterKey)
		return err
	}
	return nil
}

// The shortest and the longest life of a shard: what is trimmed is whole shards, so that a day's records take up two days'
// space at the most.
const minShardLife, maxShardLife = time.Second, 24 * time.Hour

// objectsFolder is where exports are in the data folder, unless the operator has another place.
const objectsFolder = "objects"

func openObjects(opts Options) (*objects.Store, error) {
	switch {
	case opts.ObjectStore != "":
		return objects.Open(opts.ObjectStore, os.Getenv)
	case opts.Engine == EngineMemory || opts.Data == "":
		return objects.Memory(), nil
	case opts.Engine.shared():
		opts.Logger.Warn("exports and imports are in this server's own folder: give all servers one object store")
	}
	return objects.OpenFolder(filepath.Join(opts.Data, objectsFolder))
}

// soleServer is the name in leases of a server that has its engine alone: after a crash nobody else has its leases. Those
// that share an engine get names that nobody else has.
const soleServer = "stator"

// wire puts the parts together over the engine.
func (s *Server) wire(ctx context.Context, opts Options) (err error) {
	measured := meter.New(time.Now)
	tableOptions := table.Options{Logger: opts.Logger, Owner: soleServer, ShardLife: opts.ShardLife, Expired: dynamodb.Expired(measured)}
	if opts.Engine.shared() {
		tableOptions.Owner, tableOptions.Shared = "", true
		tableOptions.Outdated = s.outdate
	}
	if s.store, err = table.Open(ctx, s.db.DB, tableOptions); err != nil {
		return err
	}
	ids, auth, err := s.openIdentities(ctx, opts)
	if err != nil {
		return err
	}
	s.identities = ids
	ids.Start()
	if err := s.openPeople(ctx, opts); err != nil {
		return err
	}
	var principals dynamodb.Principals // without authentication there are none
	if opts.Auth == AuthIAM {
		principals = ids
	}
	if s.audit, err = openAudit(opts.Audit, opts.Logger, func() { s.handler.AuditLost() }); err != nil {
		return err
	}
	var recorder server.Recorder
	var log *audit.Log
	if s.audit != nil {
		recorder, log = s.audit, s.audit.Log
	}
	sites, err := s.openSites(opts)
	if err != nil {
		return err
	}
	if s.objects, err = openObjects(opts); err != nil {
		return err
	}
	s.transfers = transfer.Open(s.db, s.store, s.objects, transfer.Options{Check: dynamodb.CheckItem, Logger: opts.Logger})
	tables := dynamodb.New(s.store, principals)
	tables.Transfers(s.transfers)
	if opts.Throttle {
		tables.Throttle(time.Now)
	}
	tables.Meter(measured)
	ctx, s.stopSampling = context.WithCancel(ctx)
	s.sampling.Go(func() { tables.Sample(ctx) })
	operations := slices.Concat(tables.Operations(), ids.Operations(), ids.TokenOperations(), ids.AccountOperations(), ids.AccountManagementOperations(),
		s.center.Operations(), s.center.SettingsOperations(), s.portal.Operations())
	s.handler = server.New(server.Options{
		Recorder: recorder,
		Operations: slices.Concat(operations,
			s.directory.Operations(), s.directory.DirectoryOperations(), s.sources.Operations(),
			accessanalyzer.New(operations).Operations(),
			cloudtrail.New(log).Operations(),
			cloudwatch.New(measured).Operations(),
			rolesanywhere.New(s.db, ids, nil).Operations(),
			costexplorer.New(measured, costexplorer.Options{Tags: tables.TableTags, Billing: ids.BillingAccess}).Operations()),
		Sites:           sites,
		Auth:            auth,
		Region:          opts.Region,
		Ready:           s.ready,
		Drain:           opts.Drain,
		TrustedProxies:  opts.TrustedProxies,
		AllowedNetworks: opts.AllowedNetworks,
		Metrics:         opts.Metrics,
		Counters:        counters(s.store, ids, tables, opts.Throttle),
		Collectors:      s.sharing.collectors(s.store),
		Logger:          opts.Logger,
	})
	return nil
}

// ready says whether the engine answers, and can write.
func (s *Server) ready(ctx context.Context) error {
	if s.db.broken != nil {
		if err := s.db.broken(); err != nil {
			return err
		}
	}
	if err := context.Cause(s.current); err != nil {
		return err
	}
	return s.db.View(ctx, func(r kv.Reader) error {
		_, err := r.Get(ctx, []byte("ready")) // any key will do
		return err
	})
}

// Account returns the account that the first start made.
func (s *Server) Account() string { return s.credentials.Account }

// Region returns the region of requests that name none.
func (s *Server) Region() string { return s.region }

// Credentials returns what requests can be signed with: the access key that the first start made, if it is still where
// that start put it. Its user may do everything.
func (s *Server) Credentials() (c Credentials, ok bool) {
	return s.credentials, s.credentials.AccessKeyID != ""
}

// SetupToken returns the file with the token that a person claims the first root user with; "" if there is none, or
// somebody has.
func (s *Server) SetupToken() string {
	if s.data == "" || s.identities == nil {
		return ""
	}
	file := identity.Folder(s.data).SetupTokenPath()
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	return file
}

// Serve answers requests on ln until ctx ends, and for Options.Drain from then on. Then it takes no new ones, and returns when
// those in flight are answered, or after grace. Listeners that give TLS connections must offer h2 for HTTP/2. It also ends, with an
// error, when newer servers over the same engine have gone on to a format that this version does not know.
func (s *Server) Serve(ctx context.Context, ln net.Listener, grace time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.current, cancel)()
	return errors.Join(s.handler.Serve(ctx, ln, grace), context.Cause(s.current))
}

// Close writes down what is left to write and releases the engine. Requests that come after it fail.
func (s *Server) Close() error {
	if s.stopSampling != nil {
		s.stopSampling()
		s.sampling.Wait()
	}
	var err error
	if s.transfers != nil {
		s.transfers.Close()
	}
	if s.objects != nil {
		err = s.objects.Close()
	}
	if s.store != nil {
		err = errors.Join(err, s.store.Close())
	}
	if s.signIn != nil {
		err = errors.Join(err, s.signIn.Close())
	}
	if s.sources != nil {
		err = errors.Join(err, s.sources.Close())
	}
	if s.portal != nil {
		s.portal.Close()
	}
	if s.directory != nil {
		err = errors.Join(err, s.directory.Close())
	}
	if s.identities != nil {
		err = errors.Join(err, s.identities.Close())
	}
	if s.audit != nil {
		err = errors.Join(err, s.audit.Close())
	}
	return errors.Join(err, s.db.Close())
}
