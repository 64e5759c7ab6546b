package sources

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"slices"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/federation"
	"github.com/statordb/stator/internal/kv"
)

// maxCertificates bounds the certificates besides those of the metadata: two are there while a provider changes from one to the other.
const maxCertificates = 10

// importCertificate decodes ImportExternalIdPCertificate: a further one that a SAML provider signs with.
func (s *Service) importCertificate(req *awsapi.Request) (awsapi.Call, error) {
	var in struct{ IdentityStoreId, ConfigurationId, Certificate string }
	if err := decodeInput(req, &in, &in.IdentityStoreId, &in.ConfigurationId, &in.Certificate); err != nil {
		return nil, err
	}
	block, rest := pem.Decode([]byte(in.Certificate))
	if block == nil || block.Type != "CERTIFICATE" || len(rest) > 2 || new(federation.Metadata).AddCertificate(block.Bytes) != nil {
		return nil, awsapi.Validation("Certificate is one certificate in PEM, with an RSA or ECDSA key.")
	}
	return s.change(req, "ImportExternalIdPCertificate", reference{in.IdentityStoreId, in.ConfigurationId}, func(_ context.Context, tx kv.Txn, c *configuration) error {
		if c.Type != SAML {
			return awsapi.Validation("Certificates are of SAML providers.")
		}
		if c.SAML.Certificates == nil {
			c.SAML.Certificates = make(map[string][]byte)
		}
		c.SAML.Certificates[digest(string(block.Bytes))[:32]] = block.Bytes
		if len(c.SAML.Certificates) > maxCertificates {
			return &awsapi.Error{Code: "ServiceQuotaExceededException", Status: 400, Message: "There can be 10 certificates at most."}
		}
		return s.save(tx, c)
	}), nil
}

// deleteCertificate decodes DeleteExternalIdPCertificate.
func (s *Service) deleteCertificate(req *awsapi.Request) (awsapi.Call, error) {
	var in struct{ IdentityStoreId, ConfigurationId, CertificateId string }
	if err := decodeInput(req, &in, &in.IdentityStoreId, &in.ConfigurationId, &in.CertificateId); err != nil {
		return nil, err
	}
	return s.change(req, "DeleteExternalIdPCertificate", reference{in.IdentityStoreId, in.ConfigurationId}, func(_ context.Context, tx kv.Txn, c *configuration) error {
		if c.SAML == nil || c.SAML.Certificates[in.CertificateId] == nil {
			return notFound("There is no imported certificate of this id.")
		}
		delete(c.SAML.Certificates, in.CertificateId)
		return s.save(tx, c)
	}), nil
}

type certificate struct {
	CertificateId, Subject string
	NotBefore, NotAfter    time.Time
	// Imported says that it is not from the metadata.
	Imported bool
	Pem      string
}

// listCertificates decodes ListExternalIdPCertificates.
func (s *Service) listCertificates(req *awsapi.Request) (awsapi.Call, error) {
	var of reference
	if err := decodeInput(req, &of, &of.IdentityStoreId, &of.ConfigurationId); err != nil {
		return nil, err
	}
	return s.operation(req, "ListExternalIdPCertificates", of.IdentityStoreId, func(ctx context.Context) (any, error) {
		out := struct{ Certificates []certificate }{[]certificate{}}
		err := s.db.View(ctx, func(r kv.Reader) error {
			out.Certificates = out.Certificates[:0]
			c, err := get[configuration](ctx, r, configurationKey(of.ConfigurationId))
			if err != nil {
				return err
			}
			if c == nil || c.Type != SAML {
				return notFound("There is no configuration of SAML of this id.")
			}
			m, err := federation.ParseMetadata([]byte(c.SAML.Metadata))
			if err != nil {
				return err
			}
			for _, cert := range m.Certificates() {
				out.Certificates = append(out.Certificates, show(cert, false))
			}
			for _, id := range slices.Sorted(maps.Keys(c.SAML.Certificates)) {
				cert, err := x509.ParseCertificate(c.SAML.Certificates[id])
				if err != nil {
					return err
				}
				out.Certificates = append(out.Certificates, show(cert, true))
			}
			return nil
		})
		return out, err
	}), nil
}

func show(cert *x509.Certificate, imported bool) certificate {
	return certificate{digest(string(cert.Raw))[:32], cert.Subject.String(), cert.NotBefore, cert.NotAfter, imported,
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))}
}
