package tikvkv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/tikv/client-go/v2/config"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/util"
	pd "github.com/tikv/pd/client"
)

// cluster is what a URL says.
type cluster struct {
	drivers       []string // host:port
	name          string
	keyspace      string
	ca, cert, key string // files
	life          time.Duration
}

const (
	defaultName = "stator"
	defaultLife = time.Hour
	shortLife   = 10 * time.Minute // a shorter one would end what takes its time
	longestName = 32
)

// parseURL reads tikv://pd1:2379,pd2:2379/name?option=value&…; see [Open].
func parseURL(text string) (c cluster, err error) {
	rest := strings.TrimPrefix(text, "tikv://")
	rest, query, _ := strings.Cut(rest, "?")
	hosts, name, _ := strings.Cut(rest, "/")
	c = cluster{drivers: strings.Split(hosts, ","), name: name, life: defaultLife}
	for _, driver := range c.drivers {
		if host, port, err := net.SplitHostPort(driver); err != nil || host == "" || port == "" {
			return c, fmt.Errorf("%q is not the host:port of a placement driver", driver)
		}
	}
	if c.name == "" {
		c.name = defaultName
	}
	if len(c.name) > longestName || strings.Trim(c.name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return c, fmt.Errorf("%q is no name: it has up to %d of a-z, 0-9, - and _", c.name, longestName)
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return c, fmt.Errorf("options: %w", err)
	}
	for name, values := range options {
		value := values[len(values)-1]
		switch name {
		case "tls-ca":
			c.ca = value
		case "tls-cert":
			c.cert = value
		case "tls-key":
			c.key = value
		case "keyspace":
			c.keyspace = value
		case "gc-life":
			if c.life, err = parseLife(value); err != nil {
				return c, err
			}
		default:
			return c, fmt.Errorf("there is no option %q: there are tls-ca, tls-cert, tls-key, keyspace and gc-life", name)
		}
	}
	if (c.cert == "") != (c.key == "") || c.cert != "" && c.ca == "" {
		return c, errors.New("tls-cert and tls-key go together, and with tls-ca")
	}
	return c, nil
}

func parseLife(value string) (time.Duration, error) {
	if value == "off" {
		return 0, nil
	}
	life, err := time.ParseDuration(value)
	if err != nil || life < shortLife {
		return 0, fmt.Errorf("gc-life=%s: it is off, or a duration of at least %v", value, shortLife)
	}
	return life, nil
}

// connectPatience is how long is waited for a placement driver to answer.
const connectPatience = 15 * time.Second

// Open connects to the cluster of a URL:
//
//	tikv://pd1:2379,pd2:2379,pd3:2379/name?tls-ca=ca.pem&tls-cert=client.pem&tls-key=client.key
//
// These are the placement drivers; tikv:// may be left out. The name, stator if there is none, begins all keys, so that
// several uses of a cluster don't meet: servers with the same name share their data. The options:
//
//   - tls-ca, tls-cert, tls-key: PEM files with the authorities to trust, and this client's certificate and key. With
//     tls-ca, all connections are TLS.
//   - keyspace: a keyspace made before, of a cluster with storage.api-version = 2. Without, the cluster has version 1.
//   - gc-life: how long replaced versions are kept, 1h by default and 10m at least, the same on all servers; off leaves
//     their collection to others, which a TiDB on the same cluster needs.
//
// It fails if the cluster does not take keys as long as they may get here.
//
// The client's certificates are settings of the process: clusters open at the same time share them.
func Open(text string, log *slog.Logger) (*DB, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c, err := parseURL(text)
	if err != nil {
		return nil, fmt.Errorf("tikvkv: %w", err)
	}
	for _, file := range []string{c.ca, c.cert, c.key} {
		if file != "" {
			if _, err := os.ReadFile(file); err != nil { // the client's own message does not tell which
				return nil, fmt.Errorf("tikvkv: %w", err)
			}
		}
	}
	logTo(log)
	store, err := c.connect()
	if err != nil {
		return nil, fmt.Errorf("tikvkv: connect to %s: %w", strings.Join(c.drivers, ","), err)
	}
	db := New(store, Options{Prefix: []byte(c.name + "/"), Collect: Collection{Life: c.life}, Logger: log})
	if err := db.probe(); err != nil {
		return nil, errors.Join(fmt.Errorf("tikvkv: %s: %w", strings.Join(c.drivers, ","), err), db.Close())
	}
	return db, nil
}

// connect makes what the client calls a store. It takes it apart so that it ends when no placement driver answers.
func (c *cluster) connect() (*tikv.KVStore, error) {
	security := config.NewSecurity(c.ca, c.cert, c.key, nil)
	config.UpdateGlobal(func(global *config.Config) {
		global.Security = security
		global.OpenTracingEnable = false
	})
	tlsConfig, err := security.ToTLSConfig()
	if err != nil {
		return nil, err
	}
	// The context is the client's for life, so only the wait ends it.
	ctx, cancel := context.WithCancelCause(context.Background())
	patience := time.AfterFunc(connectPatience, func() { cancel(fmt.Errorf("no answer for %v", connectPatience)) })
	driver, err := pd.NewClientWithContext(ctx, c.drivers, pd.SecurityOption{CAPath: c.ca, CertPath: c.cert, KeyPath: c.key})
	if !patience.Stop() && err == nil {
		driver.Close()
		err = context.Cause(ctx)
	}
	if err != nil {
		cancel(err)
		return nil, err
	}
	codec, err := c.codec(util.InterceptedPDClient{Client: driver})
	if err != nil {
		driver.Close()
		return nil, err
	}
	marks, err := tikv.NewEtcdSafePointKV(c.drivers, tlsConfig)
	if err != nil {
		driver.Close()
		return nil, err
	}
	id := fmt.Sprintf("tikv-%d", driver.GetClusterID(ctx))
	return tikv.NewKVStore(id, codec, marks, tikv.NewRPCClient(tikv.WithSecurity(security), tikv.WithCodec(codec.GetCodec())))
}

func (c *cluster) codec(driver pd.Client) (*tikv.CodecPDClient, error) {
	if c.keyspace == "" {
		return tikv.NewCodecPDClient(tikv.ModeTxn, driver), nil
	}
	return tikv.NewCodecPDClientWithKeyspace(tikv.ModeTxn, driver, c.keyspace)
}
