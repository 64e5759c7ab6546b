package rolesanywhere

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// What is kept of those who ask for sessions: so many subjects in a region of an account, and of each so many certificates and
// properties. Who holds the key of an authority could else fill the store with names.
const (
	maxSubjects = 1000
	maxSeen     = 5
)

// subjectRecord is a subject of certificates that has asked for sessions, by its distinguished name.
type subjectRecord struct {
	resource
	LastSeen    time.Time
	Credentials []credentialSummary
	Properties  []instanceProperty `json:",omitempty"`
}

// credentialSummary is a certificate that was used, on the wire and in records.
type credentialSummary struct {
	SeenAt      time.Time `json:"seenAt"`
	Serial      string    `json:"serialNumber"`
	Issuer      string    `json:"issuer"`
	Enabled     bool      `json:"enabled"`
	Certificate string    `json:"x509CertificateData"`
	Failed      bool      `json:"failed"`
}

// instanceProperty is what a client has said of itself, on the wire and in records.
type instanceProperty struct {
	SeenAt     time.Time         `json:"seenAt"`
	Properties map[string]string `json:"properties"`
	Failed     bool              `json:"failed"`
}

// subjectSummary is a subject as lists have it.
type subjectSummary struct {
	ARN      string    `json:"subjectArn"`
	ID       string    `json:"subjectId"`
	Enabled  bool      `json:"enabled"`
	Subject  string    `json:"x509Subject"`
	LastSeen time.Time `json:"lastSeenAt"`
	Created  time.Time `json:"createdAt"`
	Updated  time.Time `json:"updatedAt"`
}

func (r *subjectRecord) summary(p place, id string) subjectSummary {
	return subjectSummary{p.arn(subjects, id), id, true, r.Name, r.LastSeen, r.Created, r.Updated}
}

var oneSubject = one[subjectRecord]{on: subjects, member: "subjectId", show: func(p place, id string, rec *subjectRecord) any {
	return map[string]any{"subject": struct {
		subjectSummary
		Credentials []credentialSummary `json:"credentials"`
		Properties  []instanceProperty  `json:"instanceProperties"`
	}{rec.summary(p, id), rec.Credentials, append([]instanceProperty{}, rec.Properties...)}}
}}

// subjectID is the id of the subject of a certificate: of a name always the same.
func (p place) subjectID(c *x509.Certificate) string {
	return uuid.NewSHA1(uuid.NameSpaceX500, []byte(p.account+"/"+p.region+"/"+string(c.RawSubject))).String()
}

// seen notes that somebody has asked for a session with a certificate which the trust anchor vouches for.
func (s *Service) seen(ctx context.Context, p place, c *x509.Certificate, properties map[string]string, failed bool) error {
	id, now := p.subjectID(c), whole(s.now())
	return s.db.Update(ctx, func(tx kv.Txn) error {
		if err := tx.Lock(ctx, p.key(subjects, id)); err != nil {
			return err
		}
		rec, err := read[subjectRecord](ctx, tx, p, subjects, id)
		if err != nil {
			return err
		}
		if rec == nil {
			if n, err := count(ctx, tx, p, subjects); err != nil || n >= maxSubjects {
				return err
			}
			rec = &subjectRecord{resource: resource{Name: c.Subject.String(), Created: now}}
		}
		text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
		rec.Updated, rec.LastSeen = now, now
		rec.Credentials = newest(rec.Credentials, credentialSummary{now, c.SerialNumber.String(), c.Issuer.String(), true, text, failed},
			func(old credentialSummary) bool { return old.Certificate == text })
		if len(properties) > 0 {
			rec.Properties = newest(rec.Properties, instanceProperty{now, properties, failed}, func(instanceProperty) bool { return false })
		}
		return put(tx, p, subjects, id, rec)
	})
}

// newest puts an element first, in the place of the same, and forgets the oldest.
func newest[T any](list []T, first T, same func(T) bool) []T {
	list = slices.Insert(slices.DeleteFunc(list, same), 0, first)
	return list[:min(len(list), maxSeen)]
}

// getSubject decodes GetSubject.
func (s *Service) getSubject(req *awsapi.Request) (awsapi.Call, error) {
	return oneSubject.get(s, req, "GetSubject")
}

// listSubjects decodes ListSubjects.
func (s *Service) listSubjects(req *awsapi.Request) (awsapi.Call, error) {
	return list(s, req, "ListSubjects", "subjects", subjects, func(p place, id string, rec *subjectRecord) subjectSummary { return rec.summary(p, id) })
}
