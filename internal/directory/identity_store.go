package directory

import (
	"context"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

type storeShape struct{ IdentityStoreArn, IdentityStoreId string }

// describeIdentityStore decodes DescribeIdentityStore. Which networks may reach a server is its operator's matter.
func (s *Store) describeIdentityStore(req *awsapi.Request) (awsapi.Call, error) {
	type request struct{ IdentityStoreId *string }
	in, v, err := read(req, func(in *request, v *input) { v.storeID(in.IdentityStoreId) })
	if err != nil {
		return nil, err
	}
	return s.call(v, "identitystore:DescribeIdentityStore", *in.IdentityStoreId, func(context.Context) (any, error) {
		return &storeShape{storeARN(req.Caller.Account, s.id), s.id}, nil
	})
}

// listIdentityStores decodes ListIdentityStores: there is one for the account that owns the organization, and none for others.
func (s *Store) listIdentityStores(req *awsapi.Request) (awsapi.Call, error) {
	type request struct {
		MaxResults *int32
		NextToken  *string
	}
	if _, _, err := read(req, func(in *request, v *input) { v.page(in.MaxResults, in.NextToken) }); err != nil {
		return nil, err
	}
	type response struct{ IdentityStores []storeShape }
	return &awsapi.Simple{Request: req, Operation: "ListIdentityStores", Need: policy.Need{Action: "identitystore:ListIdentityStores", Resource: "*"},
		Do: func(ctx context.Context) (any, error) {
			out := &response{[]storeShape{}}
			home, err := s.home(ctx, req)
			if err == nil && home.here && !home.foreign {
				out.IdentityStores = append(out.IdentityStores, storeShape{storeARN(req.Caller.Account, s.id), s.id})
			}
			return out, err
		}}, nil
}
