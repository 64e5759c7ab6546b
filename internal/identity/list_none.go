package identity

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/statordb/stator/internal/awsapi"
)

// What nobody can have yet is listed as it is: there is none. Tools ask for all of it before they delete a user.

// listSSHPublicKeys decodes ListSSHPublicKeys.
func (s *Store) listSSHPublicKeys(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListSSHPublicKeysInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListSSHPublicKeys", namedOrCaller(in.UserName), func(v *view) (any, error) {
		if _, err := v.userOrCaller(in.UserName); err != nil {
			return nil, err
		}
		return &iam.ListSSHPublicKeysOutput{SSHPublicKeys: []types.SSHPublicKeyMetadata{}}, nil
	})
}

// listSigningCertificates decodes ListSigningCertificates.
func (s *Store) listSigningCertificates(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListSigningCertificatesInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListSigningCertificates", namedOrCaller(in.UserName), func(v *view) (any, error) {
		if _, err := v.userOrCaller(in.UserName); err != nil {
			return nil, err
		}
		return &iam.ListSigningCertificatesOutput{Certificates: []types.SigningCertificate{}}, nil
	})
}

// listServiceSpecificCredentials decodes ListServiceSpecificCredentials.
func (s *Store) listServiceSpecificCredentials(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[iam.ListServiceSpecificCredentialsInput](req)
	if err != nil {
		return nil, err
	}
	return s.read(req, "ListServiceSpecificCredentials", namedOrCaller(in.UserName), func(v *view) (any, error) {
		if in.AllUsers != nil && *in.AllUsers {
			return &iam.ListServiceSpecificCredentialsOutput{ServiceSpecificCredentials: []types.ServiceSpecificCredentialMetadata{}}, nil
		}
		if _, err := v.userOrCaller(in.UserName); err != nil {
			return nil, err
		}
		return &iam.ListServiceSpecificCredentialsOutput{ServiceSpecificCredentials: []types.ServiceSpecificCredentialMetadata{}}, nil
	})
}

// listServerCertificates decodes ListServerCertificates.
func (s *Store) listServerCertificates(req *awsapi.Request) (awsapi.Call, error) {
	if _, err := decode[iam.ListServerCertificatesInput](req); err != nil {
		return nil, err
	}
	return s.read(req, "ListServerCertificates", anything, func(*view) (any, error) {
		return &iam.ListServerCertificatesOutput{ServerCertificateMetadataList: []types.ServerCertificateMetadata{}}, nil
	})
}
