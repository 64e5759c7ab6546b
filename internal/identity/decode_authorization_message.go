package identity

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// decodeAuthorizationMessage decodes DecodeAuthorizationMessage. The services that are here say why they refuse in plain
// words, as AWS's do: no message has ever been given out that could be decoded.
func (s *Store) decodeAuthorizationMessage(req *awsapi.Request) (awsapi.Call, error) {
	if _, err := decode[sts.DecodeAuthorizationMessageInput](req, "EncodedMessage"); err != nil {
		return nil, err
	}
	if err := mayCallSTS(req, "DecodeAuthorizationMessage"); err != nil {
		return nil, err
	}
	return &tokenCall{s: s, req: req, name: "DecodeAuthorizationMessage",
		needs: func() []policy.Need {
			return []policy.Need{{Action: "sts:DecodeAuthorizationMessage", Resource: "*"}}
		},
		run: func(v *view) (any, error) {
			return nil, &awsapi.Error{Code: "InvalidAuthorizationMessageException", Status: http.StatusBadRequest,
				Message: "Message is not valid"}
		}}, nil
}
