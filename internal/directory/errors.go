package directory

import (
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/jsonscan"
)

// The errors of the Identity Store API ("Identity Store API Reference", errors of each operation).

func text(name, value string) awsapi.Member {
	return awsapi.Member{Name: name, Append: func(dst []byte) []byte { return jsonscan.AppendString(dst, value) }}
}

// The types of resources in errors.
const (
	userType       = "USER"
	groupType      = "GROUP"
	storeType      = "IDENTITY_STORE"
	membershipType = "GROUP_MEMBERSHIP"
)

// notFound is the error for what is not there.
func notFound(kind, id string) *awsapi.Error {
	what := map[string]string{userType: "USER", groupType: "GROUP", storeType: "IDENTITYSTORE", membershipType: "MEMBERSHIP", tenantType: "TENANT", bearerType: "BEARER TOKEN"}[kind]
	e := &awsapi.Error{Code: "ResourceNotFoundException", Status: http.StatusBadRequest, Message: what + " not found."}
	e.Members = []awsapi.Member{text("ResourceType", kind)}
	if id != "" {
		e.Members = append(e.Members, text("ResourceId", id))
	}
	return e
}

// duplicate is the error for what has to be unique and is another's.
func duplicate(message string) *awsapi.Error {
	return &awsapi.Error{Code: "ConflictException", Status: http.StatusBadRequest, Message: message,
		Members: []awsapi.Member{text("Reason", "UNIQUENESS_CONSTRAINT_VIOLATION")}}
}

func quotaExceeded(message string) *awsapi.Error {
	return &awsapi.Error{Code: "ServiceQuotaExceededException", Status: http.StatusBadRequest, Message: message}
}
