package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
)

// The start URL leads people to the access portal, and the AWS CLI, which asks with HEAD, to a name of AWS with the region, by which it
// then begins.
func TestStart(t *testing.T) {
	w := open(t)
	leads := func(method string, status int) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, w.url+"/start", nil)
		must(t, err)
		res, err := w.browser().http.Do(r)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != status {
			t.Errorf("%s: %d, want %d", method, res.StatusCode, status)
		}
		return res.Header.Get("Location")
	}
	if to := leads(http.MethodGet, http.StatusFound); to != "/console/portal" {
		t.Error("people come to", to)
	}
	id := (*w.instance)[strings.LastIndex(*w.instance, "/")+1:]
	to := leads(http.MethodHead, http.StatusFound)
	if want := "https://" + id + ".portal." + region + ".app.aws/start"; to != want {
		t.Errorf("the AWS CLI learns of %s, want %s", to, want)
	}
	c, err := w.oidc().RegisterClient(t.Context(), &ssooidc.RegisterClientInput{ClientName: aws.String("cli"), ClientType: aws.String("public")})
	must(t, err)
	_, err = w.oidc().StartDeviceAuthorization(t.Context(), &ssooidc.StartDeviceAuthorizationInput{ClientId: c.ClientId, ClientSecret: c.ClientSecret, StartUrl: &to})
	must(t, err)
	leads(http.MethodPost, http.StatusMethodNotAllowed)

	_, err = w.admin.DeleteInstance(t.Context(), &ssoadmin.DeleteInstanceInput{InstanceArn: w.instance})
	must(t, err)
	leads(http.MethodHead, http.StatusNotFound)
}
