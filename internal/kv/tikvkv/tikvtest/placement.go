package tikvtest

import (
	"context"
	"sync"

	"github.com/pingcap/kvproto/pkg/pdpb"
	pd "github.com/tikv/pd/client"
	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	"google.golang.org/grpc"
)

// serveDriver serves what a client asks the placement drivers, and the etcd in them.
func (c *Cluster) serveDriver() (err error) {
	d := &placement{pd: c.pd, marks: make(map[string][]byte)}
	d.addr, err = c.serve(func(server *grpc.Server) {
		pdpb.RegisterPDServer(server, d)
		etcdserverpb.RegisterKVServer(server, d)
		etcdserverpb.RegisterClusterServer(server, d)
	})
	c.driver = d.addr
	return err
}

// placement is the only placement driver for clients in other processes.
type placement struct {
	pdpb.UnimplementedPDServer
	etcdserverpb.UnimplementedKVServer
	etcdserverpb.UnimplementedClusterServer
	pd   pd.Client
	addr string

	stamping sync.Mutex
	mu       sync.Mutex
	marks    map[string][]byte // what etcd has
}

func (p *placement) header(ctx context.Context) *pdpb.ResponseHeader {
	return &pdpb.ResponseHeader{ClusterId: p.pd.GetClusterID(ctx)}
}

// GetClusterInfo implements [pdpb.PDServer].
func (p *placement) GetClusterInfo(ctx context.Context, _ *pdpb.GetClusterInfoRequest) (*pdpb.GetClusterInfoResponse, error) {
	return &pdpb.GetClusterInfoResponse{Header: p.header(ctx), ServiceModes: []pdpb.ServiceMode{pdpb.ServiceMode_PD_SVC_MODE}}, nil
}

// GetMembers implements [pdpb.PDServer].
func (p *placement) GetMembers(ctx context.Context, _ *pdpb.GetMembersRequest) (*pdpb.GetMembersResponse, error) {
	self := &pdpb.Member{Name: "mock", MemberId: 1, ClientUrls: []string{"http://" + p.addr}}
	return &pdpb.GetMembersResponse{Header: p.header(ctx), Members: []*pdpb.Member{self}, Leader: self, EtcdLeader: self,
		TsoAllocatorLeaders: map[string]*pdpb.Member{"global": self}}, nil
}

// Tso implements [pdpb.PDServer].
func (p *placement) Tso(stream pdpb.PD_TsoServer) error {
	for {
		request, err := stream.Recv()
		if err != nil {
			return err
		}
		last, err := p.stamps(stream.Context(), request.Count)
		if err != nil {
			return err
		}
		if err := stream.Send(&pdpb.TsoResponse{Header: p.header(stream.Context()), Count: request.Count, Timestamp: last}); err != nil {
			return err
		}
	}
}

// stamps takes so many timestamps that follow each other, and returns the last.
func (p *placement) stamps(ctx context.Context, count uint32) (*pdpb.Timestamp, error) {
	p.stamping.Lock()
	defer p.stamping.Unlock()
	last := &pdpb.Timestamp{}
	for run := uint32(0); run < count; {
		physical, logical, err := p.pd.GetTS(ctx)
		if err != nil {
			return nil, err
		}
		if physical == last.Physical && logical == last.Logical+1 {
			run++
		} else {
			run = 1
		}
		last.Physical, last.Logical = physical, logical
	}
	return last, nil
}

// GetRegion implements [pdpb.PDServer].
func (p *placement) GetRegion(ctx context.Context, r *pdpb.GetRegionRequest) (*pdpb.GetRegionResponse, error) {
	region, err := p.pd.GetRegion(ctx, r.RegionKey)
	return p.region(ctx, region, err)
}

// GetPrevRegion implements [pdpb.PDServer].
func (p *placement) GetPrevRegion(ctx context.Context, r *pdpb.GetRegionRequest) (*pdpb.GetRegionResponse, error) {
	region, err := p.pd.GetPrevRegion(ctx, r.RegionKey)
	return p.region(ctx, region, err)
}

// GetRegionByID implements [pdpb.PDServer].
func (p *placement) GetRegionByID(ctx context.Context, r *pdpb.GetRegionByIDRequest) (*pdpb.GetRegionResponse, error) {
	region, err := p.pd.GetRegionByID(ctx, r.RegionId)
	return p.region(ctx, region, err)
}

func (p *placement) region(ctx context.Context, r *pd.Region, err error) (*pdpb.GetRegionResponse, error) {
	if err != nil {
		return nil, err
	}
	return &pdpb.GetRegionResponse{Header: p.header(ctx), Region: r.Meta, Leader: r.Leader}, nil
}

// ScanRegions implements [pdpb.PDServer].
func (p *placement) ScanRegions(ctx context.Context, r *pdpb.ScanRegionsRequest) (*pdpb.ScanRegionsResponse, error) {
	regions, err := p.pd.ScanRegions(ctx, r.StartKey, r.EndKey, int(r.Limit))
	if err != nil {
		return nil, err
	}
	out := &pdpb.ScanRegionsResponse{Header: p.header(ctx)}
	for _, r := range regions {
		out.Regions = append(out.Regions, &pdpb.Region{Region: r.Meta, Leader: r.Leader})
		out.RegionMetas, out.Leaders = append(out.RegionMetas, r.Meta), append(out.Leaders, r.Leader)
	}
	return out, nil
}

// GetStore implements [pdpb.PDServer].
func (p *placement) GetStore(ctx context.Context, r *pdpb.GetStoreRequest) (*pdpb.GetStoreResponse, error) {
	store, err := p.pd.GetStore(ctx, r.StoreId)
	return &pdpb.GetStoreResponse{Header: p.header(ctx), Store: store}, err
}

// GetAllStores implements [pdpb.PDServer].
func (p *placement) GetAllStores(ctx context.Context, _ *pdpb.GetAllStoresRequest) (*pdpb.GetAllStoresResponse, error) {
	stores, err := p.pd.GetAllStores(ctx)
	return &pdpb.GetAllStoresResponse{Header: p.header(ctx), Stores: stores}, err
}

// UpdateServiceGCSafePoint implements [pdpb.PDServer].
func (p *placement) UpdateServiceGCSafePoint(ctx context.Context, r *pdpb.UpdateServiceGCSafePointRequest) (*pdpb.UpdateServiceGCSafePointResponse, error) {
	oldest, err := p.pd.UpdateServiceGCSafePoint(ctx, string(r.ServiceId), r.TTL, r.SafePoint)
	return &pdpb.UpdateServiceGCSafePointResponse{Header: p.header(ctx), ServiceId: r.ServiceId, TTL: r.TTL, MinSafePoint: oldest}, err
}

// Range implements [etcdserverpb.KVServer] for one key.
func (p *placement) Range(_ context.Context, r *etcdserverpb.RangeRequest) (*etcdserverpb.RangeResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := &etcdserverpb.RangeResponse{Header: &etcdserverpb.ResponseHeader{}}
	if value, ok := p.marks[string(r.Key)]; ok {
		out.Count, out.Kvs = 1, []*mvccpb.KeyValue{{Key: r.Key, Value: value}}
	}
	return out, nil
}

// Put implements [etcdserverpb.KVServer].
func (p *placement) Put(_ context.Context, r *etcdserverpb.PutRequest) (*etcdserverpb.PutResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks[string(r.Key)] = r.Value
	return &etcdserverpb.PutResponse{Header: &etcdserverpb.ResponseHeader{}}, nil
}

// MemberList implements [etcdserverpb.ClusterServer].
func (p *placement) MemberList(context.Context, *etcdserverpb.MemberListRequest) (*etcdserverpb.MemberListResponse, error) {
	return &etcdserverpb.MemberListResponse{Header: &etcdserverpb.ResponseHeader{},
		Members: []*etcdserverpb.Member{{ID: 1, Name: "mock", ClientURLs: []string{"http://" + p.addr}}}}, nil
}
