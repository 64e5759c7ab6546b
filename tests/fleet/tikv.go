package fleet

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/pingcap/log"
	"github.com/tikv/client-go/v2/tikvrpc"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
)

// TiKV starts a mock cluster and so many servers over it in this process, all at once.
func TiKV(t testing.TB, servers int, options ...string) *Fleet {
	t.Helper()
	// The client tells standard error of all that faults do to it.
	log.ReplaceGlobals(zap.NewNop(), &log.ZapProperties{Core: zapcore.NewNopCore(), Level: zap.NewAtomicLevelAt(zapcore.FatalLevel)})
	cluster, err := tikvtest.New(3)
	if err != nil {
		t.Fatal(err)
	}
	closing := new(sync.WaitGroup)
	t.Cleanup(func() {
		closing.Wait()
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	objects := t.TempDir()
	open := func() (*mortal, error) {
		db, err := cluster.Open(tikvkv.Options{Prefix: []byte("fleet/")})
		if err != nil {
			return nil, err
		}
		m := &mortal{DB: db}
		m.life, m.end = context.WithCancel(context.Background())
		return m, nil
	}
	all := make([]*inProcess, servers)
	failed := make([]error, servers)
	var started sync.WaitGroup
	for i := range all {
		all[i] = &inProcess{open: open, closing: closing, options: stator.Options{Engine: stator.EngineTiKV, MasterKey: MasterKey, ObjectStore: objects,
			Metrics: true, Logger: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}}
		for _, o := range options {
			name, value, _ := strings.Cut(o, "=")
			length, err := time.ParseDuration(value)
			switch {
			case err != nil:
				t.Fatal(err)
			case name == "stream-shard-life":
				all[i].options.ShardLife = length
			case name == "drain":
				all[i].options.Drain = length
			default:
				t.Fatalf("there is no option %s here", name)
			}
		}
		started.Go(func() { failed[i] = all[i].start() })
	}
	started.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	f := &Fleet{}
	var keys []stator.Credentials
	for _, s := range all {
		if c, ok := s.server.Credentials(); ok {
			keys = append(keys, c)
		}
	}
	if len(keys) != 1 {
		t.Fatalf("%d servers made a first access key, want one", len(keys))
	}
	for _, s := range all {
		endpoint := "http://" + s.addr
		server := &Server{Endpoint: endpoint, running: true, kill: s.kill,
			Config: aws.Config{Region: s.server.Region(), BaseEndpoint: aws.String(endpoint),
				Credentials: credentials.NewStaticCredentialsProvider(keys[0].AccessKeyID, keys[0].SecretAccessKey, "")},
			start: func(t testing.TB) {
				if err := s.start(); err != nil {
					t.Fatal(err)
				}
			},
			stop: func(t testing.TB) {
				if err := s.stop(); err != nil {
					t.Error(err)
				}
			},
			afterSignal: func(testing.TB) func(testing.TB) {
				stopped := make(chan error, 1)
				go func() { stopped <- s.stop() }()
				return func(t testing.TB) {
					if err := <-stopped; err != nil {
						t.Error(err)
					}
				}
			}}
		t.Cleanup(server.Kill)
		f.Servers = append(f.Servers, server)
	}
	f.Faults = tikvFaults(cluster)
	f.Unreachable = func() func() {
		cluster.SetFault(func(tikvtest.Request) (*tikvrpc.Response, error) { return nil, errLost })
		return func() { cluster.SetFault(nil) }
	}
	f.check = func(t testing.TB) {
		t.Helper()
		closing.Wait()
		db, err := open()
		if err != nil {
			t.Fatal(err)
		}
		sum, err := stator.CheckOn(t.Context(), db, func(problem string) { t.Error(problem) })
		if err = errors.Join(err, db.Close()); err != nil {
			t.Error(err)
		}
		t.Logf("stator check: %+v", sum)
	}
	return f
}

var errLost = errors.New("connection lost")

func tikvFaults(cluster *tikvtest.Cluster) map[string]func(*rand.Rand) {
	// for a time, requests go through f.
	during := func(f tikvtest.Fault) {
		cluster.SetFault(f)
		time.Sleep(500 * time.Millisecond)
		cluster.SetFault(nil)
	}
	return map[string]func(*rand.Rand){
		"regions split and moved": func(*rand.Rand) {
			during(func(r tikvtest.Request) (*tikvrpc.Response, error) {
				if r.Type == tikvrpc.CmdGet && rand.IntN(20) == 0 {
					if key := r.Get().Key; rand.IntN(2) == 0 {
						cluster.Split(key)
					} else {
						cluster.Move(key)
					}
				}
				return r.Send()
			})
		},
		"requests lost": func(*rand.Rand) {
			during(func(r tikvtest.Request) (*tikvrpc.Response, error) {
				if rand.IntN(20) == 0 {
					return nil, errLost
				}
				return r.Send()
			})
		},
		"answers lost": func(*rand.Rand) {
			during(func(r tikvtest.Request) (*tikvrpc.Response, error) {
				answer, err := r.Send()
				if rand.IntN(20) == 0 {
					return nil, errLost
				}
				return answer, err
			})
		},
		"network slow": func(*rand.Rand) {
			during(func(r tikvtest.Request) (*tikvrpc.Response, error) {
				time.Sleep(time.Duration(rand.IntN(10)) * time.Millisecond)
				return r.Send()
			})
		},
	}
}

// inProcess is a server in this process.
type inProcess struct {
	open    func() (*mortal, error)
	options stator.Options
	closing *sync.WaitGroup // of those that were killed

	addr   string
	db     *mortal
	server *stator.Server
	end    context.CancelFunc
	ended  chan error
}

func (s *inProcess) start() error {
	ln, err := net.Listen("tcp", orAny(s.addr))
	if err != nil {
		return err
	}
	s.addr = ln.Addr().String()
	if s.db, err = s.open(); err != nil {
		return errors.Join(err, ln.Close())
	}
	if s.server, err = stator.OpenOn(s.db, s.options); err != nil {
		return errors.Join(err, ln.Close())
	}
	ctx, end := context.WithCancel(context.Background())
	crashing := &connections{Listener: ln}
	s.end, s.ended = end, make(chan error, 1)
	s.db.crash = crashing.crash
	go func() { s.ended <- s.server.Serve(ctx, crashing, 10*time.Second) }()
	return nil
}

func orAny(addr string) string {
	if addr == "" {
		return "127.0.0.1:0"
	}
	return addr
}

func (s *inProcess) stop() error {
	s.end()
	return errors.Join(<-s.ended, s.server.Close())
}

// kill has a server vanish for its clients and for the engine. What is left of it is put away later.
func (s *inProcess) kill() {
	s.db.crash()
	s.db.end()
	s.end()
	server, ended := s.server, s.ended
	s.closing.Go(func() {
		<-ended
		_ = server.Close()
	})
}

// connections is a listener that can close all its connections at once.
type connections struct {
	net.Listener
	mu   sync.Mutex
	all  []net.Conn
	gone bool
}

// Accept implements [net.Listener].
func (c *connections) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	c.all = append(c.all, conn)
	return conn, nil
}

func (c *connections) crash() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = true
	_ = c.Listener.Close()
	for _, conn := range c.all {
		_ = conn.Close()
	}
}

// mortal is an engine whose server can vanish: from then on it does nothing, and what it was doing ends somewhere.
type mortal struct {
	kv.DB
	life  context.Context
	end   context.CancelFunc
	crash func()
}

func (m *mortal) during(ctx context.Context, do func(context.Context) error) error {
	if m.life.Err() != nil {
		return m.life.Err()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(m.life, cancel)()
	return do(ctx)
}

// View implements [kv.DB].
func (m *mortal) View(ctx context.Context, fn func(kv.Reader) error) error {
	return m.during(ctx, func(ctx context.Context) error { return m.DB.View(ctx, fn) })
}

// Update implements [kv.DB].
func (m *mortal) Update(ctx context.Context, fn func(kv.Txn) error) error {
	return m.during(ctx, func(ctx context.Context) error { return m.DB.Update(ctx, fn) })
}

// DropRange implements [kv.DB].
func (m *mortal) DropRange(ctx context.Context, start, end []byte) error {
	return m.during(ctx, func(ctx context.Context) error { return m.DB.DropRange(ctx, start, end) })
}
