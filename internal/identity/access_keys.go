package identity

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

const maxAccessKeys = 2

func noAccessKey(id string) *awsapi.Error {
	return noSuch("The Access Key with id " + id + " cannot be found.")
}

// createAccessKey decodes CreateAccessKey. Its answer is the only one that has the secret.
func (s *Store) createAccessKey(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.CreateAccessKeyInput](req)
	if err != nil {
		return nil, err
	}
	return s.write(req, "CreateAccessKey", namedOrCaller(in.UserName), func(e *edit) (any, error) {
		u, err := e.userOrCaller(in.UserName)
		if err != nil {
			return nil, err
		}
		key, err := e.newAccessKey(u)
		if err != nil {
			return nil, err
		}
		return &iam.CreateAccessKeyOutput{AccessKey: &types.AccessKey{
			AccessKeyId: aws.String(key.ID), SecretAccessKey: aws.String(key.Secret), Status: types.StatusTypeActive,
			UserName: aws.String(u.Name), CreateDate: aws.Time(e.now),
		}}, nil
	})
}

// newAccessKey gives a user another access key.
func (e *edit) newAccessKey(u *userRecord) (AccessKey, error) {
	keys, err := e.lasts("userkey", e.account, u.ID)
	if err != nil {
		return AccessKey{}, err
	}
	if len(keys) >= maxAccessKeys {
		return AccessKey{}, overQuota("AccessKeysPerUser", maxAccessKeys)
	}
	key, err := NewAccessKey(e.account)
	if err != nil {
		return AccessKey{}, err
	}
	if _, ok, err := get[accessKeyRecord](e.ctx, e.r, accessKeyKey(key.ID)); err != nil || ok {
		return AccessKey{}, or(err, ErrAlreadyExists) // its id is random: once in the age of the universe
	}
	return key, e.s.putAccessKey(e.tx, e.account, u.ID, key, e.now)
}

// putAccessKey writes an access key of the user with this id.
func (s *Store) putAccessKey(tx kv.Txn, account, user string, key AccessKey, now time.Time) error {
	if err := put(tx, userKeyKey(account, user, key.ID), true); err != nil {
		return err
	}
	return put(tx, accessKeyKey(key.ID), accessKeyRecord{
		Account: account, User: user, Created: now, Secret: s.seal.seal([]byte(key.Secret), key.ID),
	})
}

// listAccessKeys decodes ListAccessKeys.
func (s *Store) listAccessKeys(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListAccessKeysInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListAccessKeys", namedOrCaller(in.UserName), func(v *view) (any, error) {
		u, err := v.userOrCaller(in.UserName)
		if err != nil {
			return nil, err
		}
		ids, err := v.lasts("userkey", v.account, u.ID)
		if err != nil {
			return nil, err
		}
		p, err := pageOf(ids, self, in.Marker, in.MaxItems)
		if err != nil {
			return nil, err
		}
		out := &iam.ListAccessKeysOutput{AccessKeyMetadata: []types.AccessKeyMetadata{}, IsTruncated: p.more, Marker: p.marker()}
		for _, id := range p.items {
			k, err := v.accessKey(u, id)
			if err != nil {
				return nil, err
			}
			out.AccessKeyMetadata = append(out.AccessKeyMetadata, types.AccessKeyMetadata{
				AccessKeyId: aws.String(id), Status: k.status(), UserName: aws.String(u.Name), CreateDate: aws.Time(whole(k.Created)),
			})
		}
		return out, nil
	})
}

func (k *accessKeyRecord) status() types.StatusType {
	if k.Inactive {
		return types.StatusTypeInactive
	}
	return types.StatusTypeActive
}

// accessKey reads an access key of a user.
func (v *view) accessKey(u *userRecord, id string) (*accessKeyRecord, error) {
	k, ok, err := get[accessKeyRecord](v.ctx, v.r, accessKeyKey(id))
	if err == nil && (!ok || k.Account != v.account || k.User != u.ID) {
		err = noAccessKey(id)
	}
	return &k, err
}

// updateAccessKey decodes UpdateAccessKey.
func (s *Store) updateAccessKey(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.UpdateAccessKeyInput](req, "AccessKeyId", "Status")
	if err != nil {
		return nil, err
	}
	return s.write(req, "UpdateAccessKey", namedOrCaller(in.UserName), func(e *edit) (any, error) {
		u, err := e.userOrCaller(in.UserName)
		if err != nil {
			return nil, err
		}
		k, err := e.accessKey(u, *in.AccessKeyId)
		if err != nil {
			return nil, err
		}
		if in.Status == types.StatusTypeExpired {
			return nil, invalidInput("The status Expired can't be set.")
		}
		k.Inactive = in.Status == types.StatusTypeInactive
		return nil, put(e.tx, accessKeyKey(*in.AccessKeyId), *k)
	})
}

// deleteAccessKey decodes DeleteAccessKey.
func (s *Store) deleteAccessKey(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.DeleteAccessKeyInput](req, "AccessKeyId")
	if err != nil {
		return nil, err
	}
	return s.write(req, "DeleteAccessKey", namedOrCaller(in.UserName), func(e *edit) (any, error) {
		u, err := e.userOrCaller(in.UserName)
		if err != nil {
			return nil, err
		}
		if _, err := e.accessKey(u, *in.AccessKeyId); err != nil {
			return nil, err
		}
		if err := e.tx.Delete(userKeyKey(e.account, u.ID, *in.AccessKeyId)); err != nil {
			return nil, err
		}
		if err := e.forget(*in.AccessKeyId); err != nil {
			return nil, err
		}
		return nil, e.tx.Delete(accessKeyKey(*in.AccessKeyId))
	})
}

// notUsed is what AWS says of a key where it does not know a use.
const notUsed = "N/A"

// getAccessKeyLastUsed decodes GetAccessKeyLastUsed.
func (s *Store) getAccessKeyLastUsed(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.GetAccessKeyLastUsedInput](req, "AccessKeyId")
	if err != nil {
		return nil, err
	}
	owner := func(v *view) (*userRecord, error) {
		k, ok, err := get[accessKeyRecord](v.ctx, v.r, accessKeyKey(*in.AccessKeyId))
		if err != nil || !ok || k.Account != v.account {
			return nil, err
		}
		return byID[userRecord](v, userKind, k.User)
	}
	on := func(v *view) (target, error) {
		u, err := owner(v)
		if err != nil || u == nil {
			return target{arn: entityARN(v.account, userKind, "/", "")}, err
		}
		return target{arn: u.arn(v.account, userKind), tags: u.Tags, boundary: u.Boundary}, nil
	}
	return s.read(req, "GetAccessKeyLastUsed", on, func(v *view) (any, error) {
		u, err := owner(v)
		if err != nil {
			return nil, err
		}
		if u == nil { // AWS does not say that there is none: the key may be another account's
			return nil, &awsapi.Error{Code: "AccessDenied", Status: http.StatusForbidden,
				Message: "User: " + req.Caller.ARN + " is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key " + *in.AccessKeyId}
		}
		usage, err := v.usage(*in.AccessKeyId)
		if err != nil {
			return nil, err
		}
		last := &types.AccessKeyLastUsed{Region: aws.String(notUsed), ServiceName: aws.String(notUsed)}
		if namespace, use := usage.last(); namespace != "" {
			last = &types.AccessKeyLastUsed{LastUsedDate: aws.Time(whole(use.At)), Region: &use.Region, ServiceName: &namespace}
		}
		return &iam.GetAccessKeyLastUsedOutput{UserName: aws.String(u.Name), AccessKeyLastUsed: last}, nil
	})
}
