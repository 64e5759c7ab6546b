package iam

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

// How access is given, proven and taken away: permissions copied, MFA devices, sessions revoked, providers.
func TestAccess(t *testing.T) {
	t.Parallel()
	s := harness.Start(t)
	ctx, api := t.Context(), iam.NewFromConfig(s.Config)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const everything, tables = "arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess"
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + s.Account + `"},"Action":"sts:AssumeRole"}]}`
	must(api.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("ada"), PermissionsBoundary: aws.String(everything)}))
	must(api.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String("Readers")}))
	must(api.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String("Readers"), UserName: aws.String("ada")}))
	must(api.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("ada"), PolicyArn: aws.String(tables)}))
	must(api.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: aws.String("ada"), PolicyName: aws.String("Own"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"}]}`)}))
	must(api.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("Auditor"), AssumeRolePolicyDocument: &trust}))
	must(api.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("Auditor"), PolicyArn: aws.String(tables)}))
	browser.Flow(t, "access.test.mjs", browser.SignedIn(t, s), "STATOR_ACCOUNT="+s.Account, "STATOR_PASSWORD="+browser.Password,
		"STATOR_METADATA="+metadata(t, "idp")+string(os.PathListSeparator)+metadata(t, "other"))
}

// metadata is a file with the metadata of an identity provider.
func metadata(t *testing.T, entity string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	// AWS wants 1000 characters at least.
	file := filepath.Join(t.TempDir(), entity+".xml")
	err = os.WriteFile(file, []byte(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://`+entity+`.example.com" validUntil="2040-01-02T03:04:05Z">
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>`+base64.StdEncoding.EncodeToString(certificate)+`</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
  </IDPSSODescriptor>
</EntityDescriptor>
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
