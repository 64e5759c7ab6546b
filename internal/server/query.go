package server

import (
	"net/http"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
)

// formType is the content type of the requests of the query protocol.
const formType = "application/x-www-form-urlencoded"

// MaxForm is the largest body of the query protocol. The largest inputs of IAM are certificate chains, of 2 MiB.
const MaxForm = 4 << 20

// queryName is what a request of the query protocol names. An action alone would not do: services share a front door,
// and names.
type queryName struct{ version, action string }

// isQuery says whether a POST is of the query protocol: it has a form, or names an action in its URL, as a presigned
// request does. Whatever has a target is of the JSON protocols, which have no forms.
func (x *exchange) isQuery() bool {
	if x.contentType == jsonAWS || x.contentType == jsonAWS1 || header(x.r, "X-Amz-Target") != "" {
		return false
	}
	return strings.EqualFold(x.contentType, formType) || x.urlNamesAction()
}

// urlNamesAction says whether the query string has an Action. Whether it can be read is found out later.
func (x *exchange) urlNamesAction() bool {
	query := x.r.URL.RawQuery
	return strings.HasPrefix(query, "Action=") || strings.Contains(query, "&Action=")
}

// isQueryPage says whether the URL of a GET is of the query protocol.
func (x *exchange) isQueryPage() bool { return x.r.URL.Path == "/" && x.urlNamesAction() }

// callQuery is a request of the query protocol.
func (x *exchange) callQuery() {
	x.api, x.contentType = anyQuery, awsapi.ContentTypeXML
	x.id = newUUID()
	if x.r.Method == http.MethodPost && !x.receive(MaxForm) {
		return
	}
	x.cors()
	if err := x.findAction(); err != nil {
		x.fail(err)
		return
	}
	if err := x.authenticate(); err != nil {
		x.fail(err)
		return
	}
	if err := x.run(x.body); err != nil {
		x.fail(err)
		return
	}
	x.respond(http.StatusOK)
}

// findAction reads the form and finds the operation that it names.
func (x *exchange) findAction() (err error) {
	if e := header(x.r, "Content-Encoding"); e != "" && e != "identity" {
		return awsapi.MalformedInput("Unsupported Content-Encoding")
	}
	if x.form, err = awsapi.ParseForm(x.r.URL.RawQuery, x.body); err != nil {
		return err
	}
	action, ok := x.form.Value("Action")
	if !ok {
		return awsapi.MissingAction()
	}
	route := x.h.actions[queryName{x.form.Version(), action}]
	if route == nil {
		bad := x.form.InvalidAction()
		if _, ok := x.form.Value("Version"); !ok {
			bad.Message += "NO_VERSION_SPECIFIED" // AWS's word for it
		}
		return bad
	}
	x.found(route)
	if route.operation.Decode == nil {
		return &awsapi.Error{Code: "NotImplemented", Status: http.StatusNotImplemented,
			Message: "Stator does not have the operation " + action + " yet"}
	}
	return nil
}
