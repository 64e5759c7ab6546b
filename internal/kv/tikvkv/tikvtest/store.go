package tikvtest

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/tikvpb"
	"github.com/tikv/client-go/v2/tikvrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
)

// URL is for [tikvkv.Open]: keys that begin with a name, of this cluster.
func (c *Cluster) URL(name string) string { return "tikv://" + c.driver + "/" + name }

// largestMessage is more than any request or answer has. A page of a scan may have 256 of the largest values.
const largestMessage = 1 << 30

// serve begins to answer on a free port what register registers.
func (c *Cluster) serve(register func(*grpc.Server)) (addr string, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := grpc.NewServer(grpc.MaxRecvMsgSize(largestMessage), grpc.MaxSendMsgSize(largestMessage),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: time.Second, PermitWithoutStream: true}))
	register(s)
	c.listening = append(c.listening, s)
	go func() { _ = s.Serve(ln) }()
	return ln.Addr().String(), nil
}

// serveStore serves what a client asks a store.
func (c *Cluster) serveStore() (addr string, err error) {
	s := &store{cluster: c}
	s.addr, err = c.serve(func(server *grpc.Server) {
		tikvpb.RegisterTikvServer(server, s)
		// A client that got an error asks the store whether it lives.
		healthpb.RegisterHealthServer(server, health.NewServer())
	})
	return s.addr, err
}

// store is one store for clients in other processes.
type store struct {
	tikvpb.UnimplementedTikvServer
	cluster *Cluster
	addr    string
}

// BatchCommands implements [tikvpb.TikvServer]: clients send all that they ask for in such streams.
func (s *store) BatchCommands(stream tikvpb.Tikv_BatchCommandsServer) error {
	var sending sync.Mutex
	var under sync.WaitGroup
	defer under.Wait()
	failed := make(chan error, 1)
	fail := func(err error) {
		select {
		case failed <- err:
		default:
		}
	}
	go func() {
		for {
			batch, err := stream.Recv()
			if err != nil {
				fail(err)
				return
			}
			for i, command := range batch.Requests {
				under.Go(func() {
					answer, err := s.do(stream.Context(), command)
					if err != nil { // the connection is lost
						fail(err)
						return
					}
					sending.Lock()
					defer sending.Unlock()
					if err := stream.Send(&tikvpb.BatchCommandsResponse{
						Responses: []*tikvpb.BatchCommandsResponse_Response{answer}, RequestIds: batch.RequestIds[i : i+1]}); err != nil {
						fail(err)
					}
				})
			}
		}
	}()
	return <-failed
}

// wait is for what the mock takes as long as it takes.
const wait = time.Minute

func (s *store) do(ctx context.Context, command *tikvpb.BatchCommandsRequest_Request) (*tikvpb.BatchCommandsResponse_Response, error) {
	request, err := asked(command)
	if err != nil {
		return nil, err
	}
	if request.Type == tikvrpc.CmdEmpty {
		return answered(&tikvpb.BatchCommandsEmptyResponse{TestId: request.Empty().TestId})
	}
	answer, err := s.cluster.send(ctx, s.cluster.client, s.addr, request, wait)
	if err != nil {
		return nil, err
	}
	return answered(answer.Resp)
}

// asked is a command as the client has it before it is sent.
func asked(command *tikvpb.BatchCommandsRequest_Request) (*tikvrpc.Request, error) {
	of := func(kind tikvrpc.CmdType, body interface{ GetContext() *kvrpcpb.Context }) (*tikvrpc.Request, error) {
		return tikvrpc.NewRequest(kind, body, *body.GetContext()), nil
	}
	switch c := command.Cmd.(type) {
	case *tikvpb.BatchCommandsRequest_Request_Get:
		return of(tikvrpc.CmdGet, c.Get)
	case *tikvpb.BatchCommandsRequest_Request_Scan:
		return of(tikvrpc.CmdScan, c.Scan)
	case *tikvpb.BatchCommandsRequest_Request_Prewrite:
		return of(tikvrpc.CmdPrewrite, c.Prewrite)
	case *tikvpb.BatchCommandsRequest_Request_Commit:
		return of(tikvrpc.CmdCommit, c.Commit)
	case *tikvpb.BatchCommandsRequest_Request_Cleanup:
		return of(tikvrpc.CmdCleanup, c.Cleanup)
	case *tikvpb.BatchCommandsRequest_Request_BatchGet:
		return of(tikvrpc.CmdBatchGet, c.BatchGet)
	case *tikvpb.BatchCommandsRequest_Request_BatchRollback:
		return of(tikvrpc.CmdBatchRollback, c.BatchRollback)
	case *tikvpb.BatchCommandsRequest_Request_ScanLock:
		return of(tikvrpc.CmdScanLock, c.ScanLock)
	case *tikvpb.BatchCommandsRequest_Request_ResolveLock:
		return of(tikvrpc.CmdResolveLock, c.ResolveLock)
	case *tikvpb.BatchCommandsRequest_Request_DeleteRange:
		return of(tikvrpc.CmdDeleteRange, c.DeleteRange)
	case *tikvpb.BatchCommandsRequest_Request_PessimisticLock:
		return of(tikvrpc.CmdPessimisticLock, c.PessimisticLock)
	case *tikvpb.BatchCommandsRequest_Request_PessimisticRollback:
		return of(tikvrpc.CmdPessimisticRollback, c.PessimisticRollback)
	case *tikvpb.BatchCommandsRequest_Request_CheckTxnStatus:
		return of(tikvrpc.CmdCheckTxnStatus, c.CheckTxnStatus)
	case *tikvpb.BatchCommandsRequest_Request_TxnHeartBeat:
		return of(tikvrpc.CmdTxnHeartBeat, c.TxnHeartBeat)
	case *tikvpb.BatchCommandsRequest_Request_Empty:
		return tikvrpc.NewRequest(tikvrpc.CmdEmpty, c.Empty), nil
	}
	return nil, fmt.Errorf("the mock knows no %T", command.Cmd)
}

// answered is an answer as it is sent.
func answered(answer any) (*tikvpb.BatchCommandsResponse_Response, error) {
	r := &tikvpb.BatchCommandsResponse_Response{}
	switch a := answer.(type) {
	case *kvrpcpb.GetResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_Get{Get: a}
	case *kvrpcpb.ScanResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_Scan{Scan: a}
	case *kvrpcpb.PrewriteResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_Prewrite{Prewrite: a}
	case *kvrpcpb.CommitResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_Commit{Commit: a}
	case *kvrpcpb.CleanupResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_Cleanup{Cleanup: a}
	case *kvrpcpb.BatchGetResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_BatchGet{BatchGet: a}
	case *kvrpcpb.BatchRollbackResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_BatchRollback{BatchRollback: a}
	case *kvrpcpb.ScanLockResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_ScanLock{ScanLock: a}
	case *kvrpcpb.ResolveLockResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_ResolveLock{ResolveLock: a}
	case *kvrpcpb.DeleteRangeResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_DeleteRange{DeleteRange: a}
	case *kvrpcpb.PessimisticLockResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_PessimisticLock{PessimisticLock: a}
	case *kvrpcpb.PessimisticRollbackResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_PessimisticRollback{PessimisticRollback: a}
	case *kvrpcpb.CheckTxnStatusResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_CheckTxnStatus{CheckTxnStatus: a}
	case *kvrpcpb.TxnHeartBeatResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_TxnHeartBeat{TxnHeartBeat: a}
	case *tikvpb.BatchCommandsEmptyResponse:
		r.Cmd = &tikvpb.BatchCommandsResponse_Response_Empty{Empty: a}
	default:
		return nil, fmt.Errorf("the mock knows no %T", answer)
	}
	return r, nil
}
