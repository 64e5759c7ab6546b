// Package tikvtest gives tests a TiKV cluster in their own process: the client's mock of one, with several stores, on which
// any number of engines open like those of as many servers, whose regions can be split and moved, and whose requests can be
// counted, failed, lost and delayed. Whoever has its URL reaches it over connections, as a real one, from other processes too. It
// imports the engine and is imported by tests and the benchmark only.
//
// The mock is no TiKV: it has one mutex for everything, and commits neither in one step nor asynchronously. What it is for is
// the client's behaviour when regions, leaders, locks and connections misbehave.
package tikvtest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	tikvvars "github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/testutils"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/tikvrpc"
	"github.com/tikv/client-go/v2/util/codec"
	pd "github.com/tikv/pd/client"
	"google.golang.org/grpc"

	"github.com/statordb/stator/internal/kv/tikvkv"
)

// Request is a request of a server to the cluster. Send sends it; a fault that does not call it loses the request, and one
// that calls it and returns an error loses the answer.
type Request struct {
	*tikvrpc.Request
	Send func() (*tikvrpc.Response, error)
}

// Fault stands between all servers and the cluster. It is called for many requests at once.
type Fault func(Request) (*tikvrpc.Response, error)

// Cluster is a mock cluster. It is safe for concurrent use.
type Cluster struct {
	mock   *testutils.MockCluster
	client *testutils.MockClient
	pd     pd.Client
	fault  atomic.Pointer[Fault]
	stamps atomic.Int64
	peers  int
	// arranging is held from looking at a region to changing it: the mock makes nonsense of two splits of one.
	arranging sync.Mutex

	driver    string // where the placement driver is for other processes
	listening []*grpc.Server
}

// New returns an empty cluster with one region, replicated on all stores.
func New(stores int) (*Cluster, error) {
	client, mock, pdClient, err := testutils.NewMockTiKV("", nil)
	if err != nil {
		return nil, err
	}
	c := &Cluster{mock: mock, client: client, pd: pdClient, peers: stores}
	ids, _, _, _ := testutils.BootstrapWithMultiStores(mock, stores)
	for _, id := range ids {
		addr, err := c.serveStore()
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		mock.UpdateStoreAddr(id, addr)
	}
	if err := c.serveDriver(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Close forgets the data. All engines must be closed.
func (c *Cluster) Close() error {
	for _, s := range c.listening {
		s.Stop()
	}
	return c.client.Close()
}

// Open opens an engine with keys of its own under a prefix; engines with the same prefix share their keys.
func (c *Cluster) Open(opts tikvkv.Options) (*tikvkv.DB, error) {
	return c.OpenThrough(opts, func(r Request) (*tikvrpc.Response, error) { return r.Send() })
}

// OpenThrough is Open with a fault between this engine and the cluster, before the one of all of them.
func (c *Cluster) OpenThrough(opts tikvkv.Options, way Fault) (*tikvkv.DB, error) {
	store, err := tikv.NewTestTiKVStore(c.client, c.pd,
		func(inner tikv.Client) tikv.Client { return &connection{inner, c, way} },
		func(inner pd.Client) pd.Client { return &driver{inner, c} }, 0)
	if err != nil {
		return nil, err
	}
	return tikvkv.New(store, opts), nil
}

// SetFault puts fault between the servers and the cluster, nil for none.
func (c *Cluster) SetFault(fault Fault) {
	if fault == nil {
		c.fault.Store(nil)
		return
	}
	c.fault.Store(&fault)
}

// Timestamps is how many have been asked for.
func (c *Cluster) Timestamps() int64 { return c.stamps.Load() }

// Split begins a new region at a key, as the cluster has it. There is no harm in doing it twice.
func (c *Cluster) Split(key []byte) {
	c.arranging.Lock()
	defer c.arranging.Unlock()
	encoded := codec.EncodeBytes(nil, key)
	region, _, _ := c.mock.GetRegionByKey(encoded)
	if region == nil || string(region.StartKey) == string(encoded) {
		return
	}
	peers := c.mock.AllocIDs(c.peers)
	c.mock.Split(region.Id, c.mock.AllocID(), key, peers, peers[0])
}

// Move makes another replica the leader of the region with a key.
func (c *Cluster) Move(key []byte) {
	c.arranging.Lock()
	defer c.arranging.Unlock()
	region, leader, _ := c.mock.GetRegionByKey(codec.EncodeBytes(nil, key))
	if region == nil || len(region.Peers) < 2 {
		return
	}
	for {
		if peer := region.Peers[rand.IntN(len(region.Peers))]; peer.Id != leader.GetId() {
			c.mock.ChangeLeader(region.Id, peer.Id)
			return
		}
	}
}

// connection is a server's to the cluster.
type connection struct {
	tikv.Client
	cluster *Cluster
	way     Fault
}

// SendRequest implements [tikv.Client].
func (c *connection) SendRequest(ctx context.Context, addr string, req *tikvrpc.Request, timeout time.Duration) (*tikvrpc.Response, error) {
	return c.way(Request{req, func() (*tikvrpc.Response, error) { return c.cluster.send(ctx, c.Client, addr, req, timeout) }})
}

// send sends a request to a store of the mock, through the fault. Clients in this process have the mock's keys decoded on the way,
// those in others do it themselves.
func (c *Cluster) send(ctx context.Context, to tikv.Client, addr string, req *tikvrpc.Request, timeout time.Duration) (*tikvrpc.Response, error) {
	send := func() (*tikvrpc.Response, error) {
		if req.Type == tikvrpc.CmdPessimisticLock {
			return lock(ctx, to, addr, req, timeout)
		}
		return to.SendRequest(ctx, addr, req, timeout)
	}
	if fault := c.fault.Load(); fault != nil {
		return (*fault)(Request{req, send})
	}
	return send()
}

// lock waits on the store for locks that are held, as TiKV does. The mock by itself would hold its mutex meanwhile.
func lock(ctx context.Context, to tikv.Client, addr string, req *tikvrpc.Request, timeout time.Duration) (*tikvrpc.Response, error) {
	const longest, again = time.Second, 500 * time.Microsecond
	asked := req.PessimisticLock().WaitTimeout
	req.PessimisticLock().WaitTimeout = tikvvars.LockNoWait
	defer func() { req.PessimisticLock().WaitTimeout = asked }()
	for begun := time.Now(); ; time.Sleep(again) {
		resp, err := to.SendRequest(ctx, addr, req, timeout)
		if err != nil || asked == tikvvars.LockNoWait || ctx.Err() != nil || time.Since(begun) > longest || !waits(resp) {
			return resp, err
		}
	}
}

// waits says whether a request failed only because of locks that are held.
func waits(resp *tikvrpc.Response) bool {
	body, ok := resp.Resp.(*kvrpcpb.PessimisticLockResponse)
	return ok && len(body.Errors) > 0 && !slices.ContainsFunc(body.Errors, func(e *kvrpcpb.KeyError) bool { return e.Locked == nil })
}

// Close leaves the cluster to the other servers.
func (c *connection) Close() error { return nil }

// driver is a server's connection to the placement driver.
type driver struct {
	pd.Client
	cluster *Cluster
}

// GetTSAsync implements [pd.Client].
func (d *driver) GetTSAsync(ctx context.Context) pd.TSFuture {
	d.cluster.stamps.Add(1)
	return d.Client.GetTSAsync(ctx)
}

// GetTS implements [pd.Client].
func (d *driver) GetTS(ctx context.Context) (int64, int64, error) {
	d.cluster.stamps.Add(1)
	return d.Client.GetTS(ctx)
}

// Close leaves the driver to the other servers.
func (d *driver) Close() {}
