package portal

import (
	"net/http"

	"github.com/statordb/stator/internal/awsapi"
)

// oauthError is an error of the OpenID Connect API. All but one are of status 400 (its API Reference).
func oauthError(code, description string) *awsapi.Error {
	e := &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: description}
	if code == "InvalidClientException" {
		e.Status = http.StatusUnauthorized
	}
	return e
}

func invalidRequest(description string) *awsapi.Error {
	return oauthError("InvalidRequestException", description)
}

func invalidGrant(description string) *awsapi.Error {
	return oauthError("InvalidGrantException", description)
}

// unauthorized is what the API of the portal answers to whom it does not know.
func unauthorized() *awsapi.Error {
	return &awsapi.Error{Code: "UnauthorizedException", Status: http.StatusUnauthorized, Message: "Session token not found or invalid"}
}

// noAccess is what it answers to who may not be what was asked for.
func noAccess() *awsapi.Error {
	return &awsapi.Error{Code: "ForbiddenException", Status: http.StatusForbidden, Message: "No access"}
}

func badPage(message string) *awsapi.Error {
	return &awsapi.Error{Code: "InvalidRequest", Status: http.StatusBadRequest, Message: message}
}

func notSignedIn() *awsapi.Error {
	return &awsapi.Error{Code: "NotSignedIn", Status: http.StatusUnauthorized, Message: "You are not signed in, or your session has ended."}
}

func noInstance() *awsapi.Error {
	return &awsapi.Error{Code: "NotEnabled", Status: http.StatusNotFound, Message: "IAM Identity Center is not enabled here."}
}

// gone is the answer for a request that is over, or that nobody has made here.
func gone() *awsapi.Error {
	return &awsapi.Error{Code: "RequestExpired", Status: http.StatusBadRequest, Message: "The request has expired. Begin again in the tool that sent you here."}
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func badCode() *awsapi.Error {
	return &awsapi.Error{Code: "InvalidCode", Status: http.StatusBadRequest, Message: "There is no such code, or not any more."}
}
