package portal_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/portal"
)

func as(name, password string) fields { return fields{"UserName": name, "Password": password} }

// TestSignIn signs in with passwords and codes of the directory.
func TestSignIn(t *testing.T) {
	w := open(t)
	once, err := w.dir.NewOncePassword(t.Context(), w.user.ID)
	must(t, err)
	b := w.browser()
	in := func(want string, a fields) {
		t.Helper()
		if out := b.ask(http.StatusOK, "POST", "/signin/people/session", a); out.text("State") != want {
			t.Fatalf("signing in: %v, want %s", out, want)
		}
	}
	b.ask(http.StatusUnauthorized, "POST", "/signin/people/session", as("ann", once+"x"))
	b.ask(http.StatusUnauthorized, "POST", "/signin/people/session", as("nobody", once))
	in("NewPasswordRequired", as("ann", once))
	const mine = "My-Own-Password-1"
	in("SignedIn", fields{"UserName": "Ann", "Password": once, "NewPassword": mine})
	_, tokens := b.tokens()

	device := b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{})
	if !strings.HasPrefix(device.text("QRCode"), "data:image/png;base64,") {
		t.Error("the new device is", device)
	}
	seed := device.text("Secret")
	at := func() string {
		c, err := totp.GenerateCode(seed, w.clock.now())
		must(t, err)
		return c
	}
	b.ask(http.StatusBadRequest, "POST", "/signin/people/mfa", fields{"Id": device.text("Id"), "Code": "000000", "Name": "phone"})
	b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{"Id": device.text("Id"), "Code": at(), "Name": "phone"})
	if list, _ := b.ask(http.StatusOK, "GET", "/signin/people/mfa", nil)["Devices"].([]any); len(list) != 1 {
		t.Error("the devices are", list)
	}
	first := b
	b = w.browser()
	w.clock.pass(time.Minute)
	in("MFARequired", as("ann", mine))
	in("MFAFailed", fields{"UserName": "ann", "Password": mine, "MFACode": "000000"})
	in("SignedIn", fields{"UserName": "ann", "Password": mine, "MFACode": at()})
	if s := b.ask(http.StatusOK, "GET", "/signin/people/session", nil); s["MFA"] != true || s["MFARegistered"] != true {
		t.Error("the session is", s)
	}
	b.ask(http.StatusOK, "DELETE", "/signin/people/mfa", fields{"Id": device.text("Id")})

	w.clock.pass(time.Second)
	b.ask(http.StatusUnauthorized, "POST", "/signin/people/password", fields{"OldPassword": once, "NewPassword": mine + "2"})
	before := b.ask(http.StatusOK, "GET", "/signin/people/session", nil)
	b.ask(http.StatusOK, "POST", "/signin/people/password", fields{"OldPassword": mine, "NewPassword": mine + "2"})
	if after := b.ask(http.StatusOK, "GET", "/signin/people/session", nil); after["SignedIn"] != true || after["Expires"] != before["Expires"] {
		t.Error("with another password the session is", after, "and was", before)
	}
	b.ask(http.StatusOK, "GET", "/signin/people/accounts", nil)
	first.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)
	if w.works(tokens.AccessToken) {
		t.Error("a token outlives the password that its session began with")
	}
	w.clock.pass(time.Second)
	link, err := w.dir.Invite(t.Context(), w.user.ID)
	must(t, err)
	b.ask(http.StatusBadRequest, "POST", "/signin/people/password/set", fields{"Token": "x" + link, "Password": mine + "3"})
	b.ask(http.StatusOK, "POST", "/signin/people/password/set", fields{"Token": link, "Password": mine + "3"})
	b.ask(http.StatusBadRequest, "POST", "/signin/people/password/set", fields{"Token": link, "Password": mine + "4"})
	b.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)
	in("SignedIn", as("ann", mine+"3"))
	for _, name := range []string{"ann", "nobody"} {
		b.ask(http.StatusOK, "POST", "/signin/people/password/forgot", fields{"UserName": name})
	}
	b.ask(http.StatusOK, "POST", "/signin/people/console", fields{"AccountId": w.account, "RoleName": "Reader"})
	key := b.ask(http.StatusOK, "POST", "/signin/people/credentials", fields{"AccountId": w.account, "RoleName": "Reader"})

	for name, want := range map[string]int{"Authenticate": 3, "Federate": 1, "GetRoleCredentials": 1, "CredentialVerification": 6, "UpdatePassword": 3} {
		all := w.events(name)
		if len(all) != want {
			t.Errorf("%d events %s, want %d", len(all), name, want)
		}
		for _, e := range all {
			who, _ := e["userIdentity"].(map[string]any)
			if on, ok := who["onBehalfOf"].(map[string]any); ok && (who["type"] != "IdentityCenterUser" || on["userId"] != w.user.ID || who["accountId"] != w.account) {
				t.Error(name, "is by", who)
			}
		}
	}
	text, err := os.ReadFile(w.log)
	must(t, err)
	for _, secret := range []string{once, mine, seed, link, *tokens.AccessToken, key.text("SecretAccessKey"), key.text("SessionToken"), "nobody"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s is in the audit log", secret)
		}
	}
	for i := range 20 {
		if out := w.tries(b, as("ann", "wrong")); out == http.StatusTooManyRequests {
			return
		} else if i == 19 {
			t.Error("nobody counts how often a password is guessed:", out)
		}
	}
}

// password signs u in with a password of its own, and returns the browser.
func (w *world) password(u *directory.User, password string) *browser {
	w.Helper()
	once, err := w.dir.NewOncePassword(w.Context(), u.ID)
	must(w.T, err)
	b := w.browser()
	b.ask(http.StatusOK, "POST", "/signin/people/session", fields{"UserName": u.UserName, "Password": once, "NewPassword": password})
	return b
}

// TestPasswordMeanwhile begins no session with a password that is another one when the sign-in is through.
func TestPasswordMeanwhile(t *testing.T) {
	w := open(t)
	const mine = "My-Own-Password-1"
	b := w.password(w.user, mine)
	b.ask(http.StatusOK, "GET", "/signin/people/accounts", nil)
	var once string
	w.meanwhile = func() {
		var err error
		once, err = w.dir.NewOncePassword(t.Context(), w.user.ID)
		must(t, err)
		w.clock.pass(time.Second)
	}
	w.clock.pass(time.Second)
	b.ask(http.StatusUnauthorized, "POST", "/signin/people/session", as("ann", mine))
	b.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)
	b.ask(http.StatusOK, "POST", "/signin/people/session", fields{"UserName": "ann", "Password": once, "NewPassword": mine + "2"})
	b.ask(http.StatusOK, "GET", "/signin/people/accounts", nil)
}

// at is the code that a device shows now.
func (w *world) at(device fields) string {
	w.Helper()
	c, err := totp.GenerateCode(device.text("Secret"), w.clock.now())
	must(w.T, err)
	return c
}

// TestDeviceMeanwhile says of nobody that a device was shown who began before there was one, and lets them register no other.
func TestDeviceMeanwhile(t *testing.T) {
	w := open(t)
	const mine = "My-Own-Password-1"
	b := w.password(w.user, mine)
	device := b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{})
	register := func() {
		b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{"Id": device.text("Id"), "Code": w.at(device), "Name": "phone"})
	}
	w.meanwhile = register
	other := w.browser()
	if out := other.ask(http.StatusOK, "POST", "/signin/people/session", as("ann", mine)); out.text("State") != "MFARequired" {
		t.Error("with a device that came meanwhile:", out)
	}
	if out := other.ask(http.StatusOK, "GET", "/signin/people/session", nil); out["SignedIn"] != false {
		t.Error("the session is", out)
	}
	// Who began to register another one before may not end that.
	second, err := w.dir.BeginMFA(t.Context(), w.user.ID, false)
	must(t, err)
	end := fields{"Id": second.ID, "Code": w.at(fields{"Secret": second.Secret}), "Name": "mine"}
	if out := b.ask(http.StatusForbidden, "POST", "/signin/people/mfa", end); out.text("Code") != "MFARequired" {
		t.Error("a device beside one that was not shown:", out)
	}
}

// TestDevices lets nobody change the MFA devices of a person in a session that has shown none.
func TestDevices(t *testing.T) {
	w := open(t)
	b := w.signedIn(w.user)
	first := b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{})
	b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{"Id": first.text("Id"), "Code": w.at(first), "Name": "phone"})
	w.clock.pass(time.Minute)
	id := fields{"Id": first.text("Id")}
	for _, in := range []struct {
		method string
		fields
	}{{"DELETE", id}, {"POST", fields{}}} {
		if out := b.ask(http.StatusForbidden, in.method, "/signin/people/mfa", in.fields); out.text("Code") != "MFARequired" {
			t.Error("without a code:", out)
		}
		in.fields["Code"] = "000000"
		if out := b.ask(http.StatusBadRequest, in.method, "/signin/people/mfa", in.fields); out.text("Code") != "InvalidCode" {
			t.Error("with a wrong one:", out)
		}
	}
	second := b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{"Code": w.at(first)})
	b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{"Id": second.text("Id"), "Code": w.at(second), "Name": "tablet"})
	w.clock.pass(time.Minute)
	id["Code"] = w.at(second)
	b.ask(http.StatusOK, "DELETE", "/signin/people/mfa", id)
	b.ask(http.StatusForbidden, "DELETE", "/signin/people/mfa", fields{"Id": second.text("Id")})
	token, _, err := w.portal.Begin(t.Context(), portal.Proof{User: w.user.ID, Source: "directory", MFA: true})
	must(t, err)
	b.has("stator-people", token)
	b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{})
	b.ask(http.StatusOK, "DELETE", "/signin/people/mfa", fields{"Id": second.text("Id")})
	b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{})
}

// TestSettings signs in as the administrator of the instance wants.
func TestSettings(t *testing.T) {
	w := open(t)
	once, err := w.dir.NewOncePassword(t.Context(), w.user.ID)
	must(t, err)
	const mine = "My-Own-Password-1"
	b := w.browser()
	in := func(status int, want string, a fields) fields {
		t.Helper()
		out := b.ask(status, "POST", "/signin/people/session", a)
		if out.text("State")+out.text("Code") != want {
			t.Fatalf("signing in: %v, want %s", out, want)
		}
		return out
	}
	w.setting("PutMfaDeviceManagementForDirectory", fields{"NoMfaSignInBehavior": "BLOCKED"})
	in(http.StatusForbidden, "MFADeviceRequired", fields{"UserName": "ann", "Password": once, "NewPassword": mine})
	b.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)

	w.setting("PutMfaDeviceManagementForDirectory", fields{"NoMfaSignInBehavior": "ALLOWED_WITH_ENROLLMENT"})
	w.setting("UpdateSSOConfiguration", fields{"SessionDurationMinutes": 20})
	in(http.StatusUnauthorized, "AuthenticationFailed", as("ann", once))
	out := in(http.StatusOK, "MFARegistrationRequired", as("ann", mine))
	b.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)
	device, _ := out["Device"].(map[string]any)
	secret, _ := device["Secret"].(string)
	register := fields{"UserName": "ann", "Password": mine, "DeviceId": device["Id"], "DeviceName": "phone", "MFACode": "000000"}
	in(http.StatusBadRequest, "InvalidCode", register)
	register["MFACode"], err = totp.GenerateCode(secret, w.clock.now())
	must(t, err)
	register["Password"] = "wrong"
	in(http.StatusUnauthorized, "AuthenticationFailed", register)
	register["Password"] = mine
	in(http.StatusOK, "SignedIn", register)
	s := b.ask(http.StatusOK, "GET", "/signin/people/session", nil)
	if ends, err := time.Parse(time.RFC3339, s.text("Expires")); err != nil || s["MFA"] != true || ends.Sub(w.clock.now().Truncate(time.Millisecond)) != 20*time.Minute {
		t.Error("the session is", s)
	}
	in(http.StatusOK, "MFARequired", as("ann", mine))

	// Who comes from an identity provider is its business.
	token, _, err := w.portal.Begin(t.Context(), portal.Proof{User: w.person("bob").ID, Source: "saml"})
	must(t, err)
	b.has("stator-people", token)
	b.ask(http.StatusOK, "GET", "/signin/people/accounts", nil)
	w.clock.pass(20 * time.Minute)
	b.ask(http.StatusUnauthorized, "GET", "/signin/people/accounts", nil)
}

// tries is the status of an attempt.
func (w *world) tries(b *browser, in fields) int {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), "POST", w.url+"/signin/people/session", strings.NewReader(`{"UserName":"`+in.text("UserName")+`","Password":"`+in.text("Password")+`"}`))
	must(w.T, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Stator-Console", "1")
	res, err := b.http.Do(r)
	must(w.T, err)
	must(w.T, res.Body.Close())
	return res.StatusCode
}

// TestSources signs in where people come from.
func TestSources(t *testing.T) {
	w := open(t)
	w.source = portal.Source{Kind: "saml", Name: "the company", SignOut: func(context.Context, string) (string, error) { return "https://idp.example.com/out", nil }}
	b := w.browser()
	if out := b.ask(http.StatusOK, "POST", "/signin/people/session", as("ann", "")); out.text("State") != "Redirect" || out.text("Location") != "/sources/login" {
		t.Error("with an identity provider:", out)
	}
	token, _, err := w.portal.Begin(t.Context(), portal.Proof{User: w.user.ID, Source: "saml"})
	must(t, err)
	b.has("stator-people", token)
	if out := b.ask(http.StatusOK, "DELETE", "/signin/people/session", nil); out.text("Location") != "https://idp.example.com/out" {
		t.Error("signing out:", out)
	}
	// A session ends with that of the source, but lasts no longer than others for that.
	for until, lasts := range map[time.Duration]time.Duration{time.Hour: time.Hour, 1000 * time.Hour: 8 * time.Hour} {
		token, _, err := w.portal.Begin(t.Context(), portal.Proof{User: w.user.ID, Source: "saml", Until: w.clock.now().Truncate(time.Millisecond).Add(until)})
		must(t, err)
		b.has("stator-people", token)
		w.clock.pass(lasts - time.Minute)
		if out := b.ask(http.StatusOK, "GET", "/signin/people/session", nil); out["SignedIn"] != true {
			t.Errorf("until %s: %v", until, out)
		}
		w.clock.pass(time.Minute)
		if out := b.ask(http.StatusOK, "GET", "/signin/people/session", nil); out["SignedIn"] != false {
			t.Errorf("after %s: %v", until, out)
		}
	}
	w.source = portal.Source{Kind: "ldap", Name: "the company", Password: func(_ context.Context, name, password string) (string, error) {
		if name == "ann" && password == "right" {
			return w.user.ID, nil
		}
		return "", &awsapi.Error{Code: "AuthenticationFailed", Status: http.StatusUnauthorized}
	}}
	b.ask(http.StatusUnauthorized, "POST", "/signin/people/session", as("ann", "wrong"))
	if out := b.ask(http.StatusOK, "POST", "/signin/people/session", as("ann", "right")); out.text("State") != "SignedIn" {
		t.Error("with LDAP:", out)
	}
	b.ask(http.StatusBadRequest, "POST", "/signin/people/password", fields{"OldPassword": "right", "NewPassword": "Another-1-password"})
	device := b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{})
	code, err := totp.GenerateCode(device.text("Secret"), w.clock.now())
	must(t, err)
	b.ask(http.StatusOK, "POST", "/signin/people/mfa", fields{"Id": device.text("Id"), "Code": code, "Name": "phone"})
	if out := b.ask(http.StatusOK, "POST", "/signin/people/session", as("ann", "right")); out.text("State") != "MFARequired" {
		t.Error("with a device:", out)
	}
}
