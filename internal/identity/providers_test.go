package identity

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func TestProviders(t *testing.T) {
	c, _ := admin(t)
	ctx := t.Context()
	tags := []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}
	made := must[*iam.CreateOpenIDConnectProviderOutput](t)(c.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://token.example.com/realm"), ClientIDList: []string{"a"}, Tags: tags}))
	arn := made.OpenIDConnectProviderArn
	if *arn != "arn:aws:iam::123456789012:oidc-provider/token.example.com/realm" {
		t.Error(*arn)
	}
	fails(t, "EntityAlreadyExists: Provider with url https://token.example.com/realm already exists.")(
		c.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://token.example.com/realm")}))
	fails(t, "InvalidInput: Invalid Open ID Connect Provider URL")(c.CreateOpenIDConnectProvider(ctx, &iam.CreateOpenIDConnectProviderInput{Url: aws.String("http://x")}))
	for range 2 {
		ok(t)(c.AddClientIDToOpenIDConnectProvider(ctx, &iam.AddClientIDToOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("b")}))
	}
	ok(t)(c.RemoveClientIDFromOpenIDConnectProvider(ctx, &iam.RemoveClientIDFromOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, ClientID: aws.String("a")}))
	ok(t)(c.UpdateOpenIDConnectProviderThumbprint(ctx, &iam.UpdateOpenIDConnectProviderThumbprintInput{OpenIDConnectProviderArn: arn, ThumbprintList: []string{strings.Repeat("a", 40)}}))
	ok(t)(c.UntagOpenIDConnectProvider(ctx, &iam.UntagOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn, TagKeys: []string{"k"}}))
	got := must[*iam.GetOpenIDConnectProviderOutput](t)(c.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))
	if *got.Url != "token.example.com/realm" || len(got.ClientIDList) != 1 || got.ClientIDList[0] != "b" || len(got.ThumbprintList) != 1 || len(got.Tags) != 0 {
		t.Errorf("%+v", got)
	}
	if list := must[*iam.ListOpenIDConnectProvidersOutput](t)(c.ListOpenIDConnectProviders(ctx, nil)).OpenIDConnectProviderList; len(list) != 1 || *list[0].Arn != *arn {
		t.Errorf("%+v", list)
	}
	ok(t)(c.DeleteOpenIDConnectProvider(ctx, &iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))
	fails(t, "NoSuchEntity: OpenIDConnect Provider not found for arn "+*arn)(c.GetOpenIDConnectProvider(ctx, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: arn}))

	metadata := metadataWith(t, strings.Repeat(" ", 1000))
	saml := must[*iam.CreateSAMLProviderOutput](t)(c.CreateSAMLProvider(ctx, &iam.CreateSAMLProviderInput{Name: aws.String("Corp"), SAMLMetadataDocument: &metadata})).SAMLProviderArn
	if p := must[*iam.GetSAMLProviderOutput](t)(c.GetSAMLProvider(ctx, &iam.GetSAMLProviderInput{SAMLProviderArn: saml})); *p.SAMLMetadataDocument != metadata || p.ValidUntil.Year() != 2040 {
		t.Errorf("%+v", p)
	}
	fails(t, "InvalidInput: Could not parse metadata")(c.CreateSAMLProvider(ctx, &iam.CreateSAMLProviderInput{Name: aws.String("Bad"), SAMLMetadataDocument: aws.String(strings.Repeat("x", 1000))}))
	ok(t)(c.UpdateSAMLProvider(ctx, &iam.UpdateSAMLProviderInput{SAMLProviderArn: saml, SAMLMetadataDocument: &metadata}))
	ok(t)(c.TagSAMLProvider(ctx, &iam.TagSAMLProviderInput{SAMLProviderArn: saml, Tags: tags}))
	if list := must[*iam.ListSAMLProvidersOutput](t)(c.ListSAMLProviders(ctx, nil)).SAMLProviderList; len(list) != 1 {
		t.Errorf("%+v", list)
	}
	ok(t)(c.DeleteSAMLProvider(ctx, &iam.DeleteSAMLProviderInput{SAMLProviderArn: saml}))
	fails(t, "NoSuchEntity: Manifest not found for arn "+*saml)(c.DeleteSAMLProvider(ctx, &iam.DeleteSAMLProviderInput{SAMLProviderArn: saml}))
}

// What is within the quotas and still too large for a record is the client's mistake.
func TestTooLargeToStore(t *testing.T) {
	c, _ := admin(t)
	metadata := metadataWith(t, strings.Repeat("<a/>", 380_000))
	fails(t, "LimitExceeded: What the request changes would be too large to be stored.")(
		c.CreateSAMLProvider(t.Context(), &iam.CreateSAMLProviderInput{Name: aws.String("large"), SAMLMetadataDocument: &metadata}))
}

// metadataWith is the metadata of a SAML provider with something more in it.
func metadataWith(t *testing.T, more string) string {
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
	return `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x" validUntil="2040-01-02T03:04:05Z">` +
		`<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">` +
		`<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` + base64.StdEncoding.EncodeToString(certificate) +
		`</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor>` + more + `</EntityDescriptor>`
}
