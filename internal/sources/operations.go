package sources

import (
	"context"
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// The operations are those that AWS has names for, and no shapes, as its console alone calls them ("Actions, resources, and condition keys
// for AWS IAM Identity Center directory", Service Authorization Reference).

// Operations returns the operations of this package, of the service sso-directory.
func (s *Service) Operations() []awsapi.Operation {
	var all []awsapi.Operation
	for _, op := range []struct {
		name   string
		decode func(*awsapi.Request) (awsapi.Call, error)
	}{
		{"CreateExternalIdPConfigurationForDirectory", s.createConfiguration},
		{"DeleteExternalIdPCertificate", s.deleteCertificate},
		{"DeleteExternalIdPConfigurationForDirectory", s.deleteConfiguration},
		{"DescribeExternalIdPConfigurationForDirectory", s.describeConfiguration},
		{"DisableExternalIdPConfigurationForDirectory", s.disableConfiguration},
		{"EnableExternalIdPConfigurationForDirectory", s.enableConfiguration},
		{"GetAWSSPConfigurationForDirectory", s.getSPConfiguration},
		{"ImportExternalIdPCertificate", s.importCertificate},
		{"ListExternalIdPCertificates", s.listCertificates},
		{"ListExternalIdPConfigurationsForDirectory", s.listConfigurations},
		{"RotateAWSSPKeyForDirectory", s.rotateKey},
		{"UpdateExternalIdPConfigurationForDirectory", s.updateConfiguration},
	} {
		all = append(all, awsapi.Operation{Service: "sso-directory", Name: op.name, Decode: op.decode})
	}
	return all
}

// reference is what nearly all inputs have.
type reference struct{ IdentityStoreId, ConfigurationId string }

// decodeInput reads an input. The members that are required are pointed at.
func decodeInput(req *awsapi.Request, in any, required ...*string) error {
	if err := awsapi.DecodeJSON(req.Body, in); err != nil {
		return err
	}
	for _, member := range required {
		if *member == "" || len(*member) > maxMetadata {
			return awsapi.Validation("A member that is required is not there, or is too long.")
		}
	}
	return nil
}

// operation is a call of an account that may manage people.
func (s *Service) operation(req *awsapi.Request, name, store string, do func(ctx context.Context) (any, error)) awsapi.Call {
	return &awsapi.Simple{Request: req, Operation: name, Need: policy.Need{Action: "sso-directory:" + name, Resource: "*"},
		Do: func(ctx context.Context) (any, error) {
			err := s.db.View(ctx, func(r kv.Reader) error {
				ok, err := s.Manages(ctx, r, req.Caller.Account)
				if err == nil && (!ok || store != s.Directory.ID()) {
					err = notFound("There is no identity store of this id.")
				}
				return err
			})
			if err != nil {
				return nil, err
			}
			return do(ctx)
		}}
}

// change is an operation that changes a configuration, and answers with nothing. The sessions that end with it are forgotten on all servers.
func (s *Service) change(req *awsapi.Request, name string, of reference, fn func(ctx context.Context, tx kv.Txn, c *configuration) error) awsapi.Call {
	return s.operation(req, name, of.IdentityStoreId, func(ctx context.Context) (any, error) {
		return struct{}{}, s.Directory.Change(ctx, func(tx kv.Txn) error {
			// All configurations have one lock: one of them at most is in use.
			if err := tx.Lock(ctx, key("configurations"), configurationKey(of.ConfigurationId)); err != nil {
				return err
			}
			c, err := get[configuration](ctx, tx, configurationKey(of.ConfigurationId))
			if err != nil {
				return err
			}
			if c == nil {
				return notFound("There is no configuration of this id.")
			}
			return fn(ctx, tx, c)
		})
	})
}

// save writes a configuration that somebody has changed.
func (s *Service) save(tx kv.Txn, c *configuration) error {
	c.Updated = s.Now().UTC()
	return put(tx, configurationKey(c.ID), c)
}

func notFound(message string) *awsapi.Error {
	return &awsapi.Error{Code: "ResourceNotFoundException", Status: http.StatusBadRequest, Message: message}
}

func conflict(message string) *awsapi.Error {
	return &awsapi.Error{Code: "ConflictException", Status: http.StatusBadRequest, Message: message}
}
