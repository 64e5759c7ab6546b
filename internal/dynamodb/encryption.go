package dynamodb

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/table"
)

// An SSESpecification says which key AWS is to encrypt a table with. Stator leaves encryption to the disk: that one was asked for
// is kept and shown, so that tools find what they set, but no key of a client's is taken, because it would not be used.

func (v *violations) encryption(at string, s *types.SSESpecification) {
	if s != nil {
		v.enum(at+".sSEType", enumText(s.SSEType), sseTypeValues)
		v.length(at+".kMSMasterKeyId", optional(s.KMSMasterKeyId), 1, maxKeyID)
	}
}

// maxKeyID is the longest name of a key (AWS KMS API reference, DescribeKey).
const maxKeyID = 2048

// checkEncryption refuses what can't be done.
func checkEncryption(s *types.SSESpecification) error {
	switch {
	case s == nil:
	case s.SSEType == types.SSETypeAes256: // AWS has the value and takes KMS alone
		return refused("SSEType %s is not supported", s.SSEType)
	case s.KMSMasterKeyId != nil:
		return refused("KMS keys are not available on this server. KMSMasterKeyId: %s", *s.KMSMasterKeyId)
	}
	return nil
}

// setEncryption changes what is asked of the encryption of a table.
func setEncryption(t *table.Settings, s *types.SSESpecification) error {
	if s == nil {
		return nil
	}
	enabled := aws.ToBool(s.Enabled)
	if enabled && t.KMS {
		return refused("Table is already encrypted by given KMSMasterKey")
	}
	t.KMS = enabled
	return nil
}

// encryption describes what was asked for, nil if it was nothing.
func encryption(t *table.Settings) *types.SSEDescription {
	if !t.KMS {
		return nil
	}
	return &types.SSEDescription{Status: types.SSEStatusEnabled, SSEType: types.SSETypeKms}
}
