package center

import (
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
)

// The errors of the API ("IAM Identity Center API Reference", errors of each operation). All have the status 400.

func apiError(code, message string) *awsapi.Error {
	return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
}

func notFound(what, id string) *awsapi.Error {
	return apiError("ResourceNotFoundException", "Could not find "+what+" with id "+id)
}

func missing(message string) *awsapi.Error { return apiError("ResourceNotFoundException", message) }

func conflict(message string) *awsapi.Error { return apiError("ConflictException", message) }

func overQuota(message string) *awsapi.Error {
	return apiError("ServiceQuotaExceededException", message)
}

func denied(message string) *awsapi.Error { return apiError("AccessDeniedException", message) }

// or is err, and what is wrong otherwise if it is nil.
func or(err, otherwise error) error {
	if err == nil {
		err = otherwise
	}
	return err
}
