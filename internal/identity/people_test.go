package identity

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

const reservedName = "AWSReservedSSO_Reader_0123456789abcdef"

func reader() ReservedRole {
	return ReservedRole{Name: reservedName, Path: "/aws-reserved/sso.amazonaws.com/", MaxSession: 3600, Inline: allowGet}
}

// putRole makes the reserved role of the tests.
func putRole(t *testing.T, s *Store, r ReservedRole) error {
	t.Helper()
	return s.Change(t.Context(), func(tx kv.Txn) error { return s.PutReservedRole(t.Context(), tx, account, r) })
}

func TestReservedRoles(t *testing.T) {
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey()})
	c := openDoor(t, s).as(first.Key.ID, first.Key.Secret)
	ctx := t.Context()
	if err := putRole(t, s, reader()); err != nil {
		t.Fatal(err)
	}
	name := aws.String(reservedName)
	got, err := c.GetRole(ctx, &iam.GetRoleInput{RoleName: name})
	if err != nil || *got.Role.Arn != "arn:aws:iam::"+account+":role/aws-reserved/sso.amazonaws.com/"+reservedName {
		t.Fatal(got, err)
	}
	policyARN := aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")
	trust := aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + account + `"},"Action":"sts:AssumeRole"}]}`)
	tags := []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}
	ok(t)(c.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("p")}))
	for operation, call := range map[string]func() (any, error){
		"UpdateRole": func() (any, error) { return c.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name}) },
		"UpdateRoleDescription": func() (any, error) {
			return c.UpdateRoleDescription(ctx, &iam.UpdateRoleDescriptionInput{RoleName: name, Description: name})
		},
		"UpdateAssumeRolePolicy": func() (any, error) {
			return c.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: trust})
		},
		"DeleteRole": func() (any, error) { return c.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name}) },
		"AttachRolePolicy": func() (any, error) {
			return c.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: policyARN})
		},
		"DetachRolePolicy": func() (any, error) {
			return c.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: policyARN})
		},
		"PutRolePolicy": func() (any, error) {
			return c.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: name, PolicyDocument: aws.String(allowGet)})
		},
		"DeleteRolePolicy": func() (any, error) {
			return c.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String(reservedInline)})
		},
		"PutRolePermissionsBoundary": func() (any, error) {
			return c.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: policyARN})
		},
		"DeleteRolePermissionsBoundary": func() (any, error) {
			return c.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: name})
		},
		"TagRole": func() (any, error) { return c.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: tags}) },
		"UntagRole": func() (any, error) {
			return c.UntagRole(ctx, &iam.UntagRoleInput{RoleName: name, TagKeys: []string{"a"}})
		},
		"AddRoleToInstanceProfile": func() (any, error) {
			return c.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{RoleName: name, InstanceProfileName: aws.String("p")})
		},
	} {
		_, err := call()
		e, ok := errors.AsType[smithy.APIError](err)
		if !ok || e.ErrorCode() != "UnmodifiableEntity" ||
			e.ErrorMessage() != "Cannot perform the operation on the protected role '"+reservedName+"' - this role is only modifiable by AWS" {
			t.Errorf("%s: %v", operation, err)
		}
	}
	for name, path := range map[string]string{"AWSReservedSSO_x": "/", "awsreservedsso_x": "/", "x": "/aws-reserved/sso.amazonaws.com/"} {
		if _, err := c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String(name), Path: aws.String(path), AssumeRolePolicyDocument: trust}); err == nil {
			t.Errorf("%s%s was made", path, name)
		}
	}
	with := reader()
	with.Managed = []string{"arn:aws:iam::" + account + ":policy/none"}
	if err := putRole(t, s, with); codeOf(err) != "NoSuchEntity" {
		t.Error(err)
	}
	with.Managed, with.Boundary, with.Inline = []string{*policyARN, *policyARN}, *policyARN, ""
	if err := putRole(t, s, with); err != nil {
		t.Fatal(err)
	}
	attached, err := c.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: name})
	if err != nil || len(attached.AttachedPolicies) != 1 {
		t.Error(attached, err)
	}
	if err := s.Change(ctx, func(tx kv.Txn) error { return s.DeleteReservedRole(ctx, tx, account, reservedName) }); err != nil {
		t.Fatal(err)
	}
	if _, err := c.GetRole(ctx, &iam.GetRoleInput{RoleName: name}); err == nil {
		t.Error("it is still there")
	}
}

// A person has a role for as long as somebody says so.
func TestPersonSession(t *testing.T) {
	allowed := true
	var asked PersonRef
	times := 0
	clock := newClock(noon)
	s, first := begun(t, memory(t), Options{MasterKey: NewMasterKey(), Now: clock.now, Person: func(_ context.Context, _ kv.Reader, p PersonRef) (bool, error) {
		asked = p
		times++
		return allowed, nil
	}})
	ctx := t.Context()
	nothing := func(kv.Txn) error { return nil }
	of := PersonSession{PersonRef: PersonRef{User: "ann", Account: account, PermissionSet: "ps", Portal: "x"}, Role: reservedName, Name: "ann@example.com",
		Duration: 2 * time.Hour, Tags: []policy.Tag{{Key: "team", Value: "blue"}}}
	if _, err := s.CredentialsForPerson(ctx, of); !errors.Is(err, ErrNotAllowed) {
		t.Error("without a role:", err)
	}
	if err := putRole(t, s, reader()); err != nil {
		t.Fatal(err)
	}
	c := openDoor(t, s).as(first.Key.ID, first.Key.Secret)
	ok(t)(c.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("own"), AssumeRolePolicyDocument: aws.String(reservedTrust)}))
	own := of
	own.Role = "own"
	if _, err := s.CredentialsForPerson(ctx, own); !errors.Is(err, ErrNotAllowed) {
		t.Error("a role that is not reserved:", err)
	}
	key, err := s.CredentialsForPerson(ctx, of)
	if err != nil || !strings.HasSuffix(key.ARN, ":assumed-role/"+reservedName+"/ann@example.com") || key.Expires.Sub(clock.now()) > time.Hour {
		t.Fatal(key, err)
	}
	token, err := s.ConsoleForPerson(ctx, of)
	if err != nil {
		t.Fatal(err)
	}
	console, err := s.ConsoleCredentials(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct{ id, token string }{{key.ID, key.SessionToken}, {console.ID, console.SessionToken}} {
		_, p, err := s.Lookup(ctx, k.id, k.token)
		if err != nil || asked != of.PersonRef || len(p.Tags) != 1 || !decide(p, "dynamodb:GetItem").Allowed || decide(p, "dynamodb:PutItem").Allowed {
			t.Error(p, asked, err)
		}
		before := times
		for range 5 {
			clock.pass(2 * recheck)
			if _, _, err := s.Lookup(ctx, k.id, k.token); err != nil {
				t.Error(err)
			}
		}
		if times != before {
			t.Errorf("%d requests with the same credentials ask %d times whether the person may", 5, times-before)
		}
	}
	signin, _, err := s.SigninToken(ctx, key.AccessKey, key.SessionToken, nil)
	if err != nil {
		t.Error(err)
	}
	large := of
	large.Tags = nil
	for range 50 {
		large.Tags = append(large.Tags, policy.Tag{Key: rand.Text(), Value: hex.EncodeToString(random(600))})
	}
	if _, err := s.CredentialsForPerson(ctx, large); codeOf(err) != "PackedPolicyTooLarge" {
		t.Error(err)
	}
	allowed = false
	if err := s.Change(ctx, nothing); err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct{ id, token string }{{key.ID, key.SessionToken}, {console.ID, console.SessionToken}} {
		if _, _, err := s.Lookup(ctx, k.id, k.token); !errors.Is(err, ErrExpiredToken) {
			t.Error(err)
		}
	}
	if _, err := s.ConsoleCredentials(ctx, token); !errors.Is(err, ErrNoConsole) {
		t.Error(err)
	}
	if _, err := s.SignInWithToken(ctx, signin); codeOf(err) != "InvalidSigninToken" && codeOf(err) != "InvalidClientTokenId" {
		t.Error(err)
	}
	if _, err := s.CredentialsForPerson(ctx, of); !errors.Is(err, ErrNotAllowed) {
		t.Error(err)
	}
	if _, err := s.ConsoleForPerson(ctx, of); !errors.Is(err, ErrNotAllowed) {
		t.Error(err)
	}
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// What others seal outlives the master key.
func TestSecretsOfOthers(t *testing.T) {
	db, old, current := memory(t), NewMasterKey(), NewMasterKey()
	s, _ := begun(t, db, Options{MasterKey: old})
	sealed := s.Seal([]byte("secret"), "name")
	var err error
	for _, opts := range []Options{{MasterKey: old}, {MasterKey: current, OldKeys: []MasterKey{old}}, {MasterKey: current}} {
		if s, err = Open(t.Context(), db, opts); err != nil {
			t.Fatal(err)
		}
		if plain, err := s.Unseal(sealed, "name"); err != nil || string(plain) != "secret" {
			t.Errorf("%q %v", plain, err)
		}
		if _, err := s.Unseal(sealed, "other"); err == nil {
			t.Error("it opens under another name")
		}
	}
	// Data from before there was such a key.
	if err := db.Update(t.Context(), func(tx kv.Txn) error { return tx.Delete(secretKeyKey()) }); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), db, Options{MasterKey: current}); err != nil {
		t.Fatal(err)
	}
	sealed = s.Seal([]byte("new"), "name")
	if s, err = Open(t.Context(), db, Options{MasterKey: current}); err != nil {
		t.Fatal(err)
	}
	if plain, err := s.Unseal(sealed, "name"); err != nil || string(plain) != "new" {
		t.Errorf("%q %v", plain, err)
	}
}
