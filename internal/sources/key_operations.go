package sources

import (
	"context"
	"crypto/x509"

	"github.com/statordb/stator/internal/awsapi"
)

// The steps of a rotation.
const (
	stepPublish = "Publish"
	stepUse     = "Use"
	stepCancel  = "Cancel"
)

// rotateKey decodes RotateAWSSPKeyForDirectory, for which AWS has no name, as it has one key for everybody and rotates that itself. Publish
// has the metadata list a new key besides, Use has it sign, and Cancel drops it.
func (s *Service) rotateKey(req *awsapi.Request) (awsapi.Call, error) {
	var in struct{ IdentityStoreId, Step string }
	if err := decodeInput(req, &in, &in.IdentityStoreId, &in.Step); err != nil {
		return nil, err
	}
	if in.Step != stepPublish && in.Step != stepUse && in.Step != stepCancel {
		return nil, awsapi.Validation("Step is Publish, Use or Cancel.")
	}
	return s.operation(req, "RotateAWSSPKeyForDirectory", in.IdentityStoreId, func(ctx context.Context) (any, error) {
		if _, err := s.signer(ctx); err != nil { // there has to be a key that the new one follows
			return nil, err
		}
		keys, err := s.changeKeys(ctx, func(keys *ownKeys, made *ownKey) error {
			if there := keys.Next != nil; there == (in.Step == stepPublish) {
				if there {
					return conflict("A new key is published already: Use it, or Cancel.")
				}
				return conflict("There is no new key: Publish one.")
			}
			switch in.Step {
			case stepPublish:
				keys.Next = made
			case stepUse:
				previous := keys.ownKey
				keys.ownKey, keys.Next, keys.Previous = *keys.Next, nil, &previous
			case stepCancel:
				keys.Next = nil
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		out := struct{ Certificates []ownCertificate }{}
		out.Certificates, err = keys.certificates()
		return out, err
	}), nil
}

// ownCertificate is one of this server. Use is what its key does: Signing, Next, which is published only, or Previous, which only reads
// what was encrypted with it.
type ownCertificate struct {
	Use string
	certificate
}

func (k *ownKeys) certificates() (all []ownCertificate, err error) {
	for _, one := range []struct {
		use string
		key *ownKey
	}{{"Signing", &k.ownKey}, {"Next", k.Next}, {"Previous", k.Previous}} {
		if one.key == nil {
			continue
		}
		cert, err := x509.ParseCertificate(one.key.Certificate)
		if err != nil {
			return nil, err
		}
		all = append(all, ownCertificate{one.use, show(cert, false)})
	}
	return all, nil
}
