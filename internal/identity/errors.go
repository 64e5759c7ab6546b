package identity

import (
	"net/http"
	"strconv"

	"github.com/statordb/stator/internal/awsapi"
)

// The errors of the IAM API ("IAM API Reference", errors of each operation).

func noSuch(message string) *awsapi.Error {
	return &awsapi.Error{Code: "NoSuchEntity", Status: http.StatusNotFound, Message: message}
}

// notFound is the error for an entity that is not there, in the words of its kind.
func notFound(k kind, name string) *awsapi.Error {
	switch k {
	case policyKind:
		return noSuch("Policy " + name + " was not found.")
	case profileKind:
		return noSuch("Instance Profile " + name + " cannot be found.")
	case oidcKind:
		return noSuch("OpenIDConnect Provider not found for arn " + name)
	case mfaKind:
		return noSuch("VirtualMFADevice with serial number " + name + " does not exist.")
	case samlKind:
		return noSuch("Manifest not found for arn " + name)
	}
	return noSuch("The " + string(k) + " with name " + name + " cannot be found.")
}

func alreadyExists(message string) *awsapi.Error {
	return &awsapi.Error{Code: "EntityAlreadyExists", Status: http.StatusConflict, Message: message}
}

// taken is the error for a name that an entity of the kind has already.
func taken(k kind, name string) *awsapi.Error {
	switch k {
	case userKind:
		return alreadyExists("User with name " + name + " already exists.")
	case groupKind:
		return alreadyExists("Group with name " + name + " already exists.")
	case roleKind:
		return alreadyExists("Role with name " + name + " already exists.")
	case policyKind:
		return alreadyExists("A policy called " + name + " already exists. Duplicate names are not allowed.")
	case mfaKind:
		return alreadyExists("MFADevice entity at the same path and name already exists.")
	case samlKind:
		return alreadyExists("SAMLProvider " + name + " already exists.")
	case oidcKind:
		return alreadyExists("Provider with url https://" + name + " already exists.")
	}
	return alreadyExists("Instance Profile " + name + " already exists.")
}

// deleteConflict says what has to be done first.
func deleteConflict(first string) *awsapi.Error {
	return &awsapi.Error{Code: "DeleteConflict", Status: http.StatusConflict, Message: "Cannot delete entity, must " + first + " first."}
}

func limitExceeded(message string) *awsapi.Error {
	return &awsapi.Error{Code: "LimitExceeded", Status: http.StatusConflict, Message: message}
}

// overQuota is the error for a quota of the page "IAM and AWS STS quotas" of the IAM User Guide.
func overQuota(name string, limit int) *awsapi.Error {
	return limitExceeded("Cannot exceed quota for " + name + ": " + strconv.Itoa(limit))
}

func badRequest(code, message string) *awsapi.Error {
	return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
}

func invalidInput(message string) *awsapi.Error { return badRequest("InvalidInput", message) }

func validationError(message string) *awsapi.Error {
	return badRequest(awsapi.ValidationError, message)
}

func malformedPolicy(message string) *awsapi.Error {
	return badRequest("MalformedPolicyDocument", message)
}

func concurrentModification() *awsapi.Error {
	return &awsapi.Error{Code: "ConcurrentModification", Status: http.StatusConflict,
		Message: "The request was rejected because multiple requests to change this object were submitted simultaneously. " +
			"Wait a few minutes and submit your request again."}
}

// conflict is a DeleteConflict in other words.
func conflict(message string) *awsapi.Error {
	return &awsapi.Error{Code: "DeleteConflict", Status: http.StatusConflict, Message: message}
}
