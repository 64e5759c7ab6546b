package rolesanywhere

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"time"

	"github.com/google/uuid"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
)

// maxLists is how many revocation lists a trust anchor has at the most, and maxList how large one is in bytes.
const (
	maxLists = 2
	maxList  = 300_000
)

// crlRecord is a revocation list.
type crlRecord struct {
	resource
	Enabled   bool
	Data      []byte // in PEM, as it was given
	AnchorARN string
}

// crlDetail is a revocation list as answers have it.
type crlDetail struct {
	ID        string    `json:"crlId"`
	ARN       string    `json:"crlArn"`
	Name      string    `json:"name"`
	Enabled   bool      `json:"enabled"`
	Data      []byte    `json:"crlData"`
	AnchorARN string    `json:"trustAnchorArn"`
	Created   time.Time `json:"createdAt"`
	Updated   time.Time `json:"updatedAt"`
}

func (r *crlRecord) detail(p place, id string) crlDetail {
	return crlDetail{id, p.arn(crls, id), r.Name, r.Enabled, r.Data, r.AnchorARN, r.Created, r.Updated}
}

var oneCrl = one[crlRecord]{on: crls, member: "crlId", show: func(p place, id string, rec *crlRecord) any {
	return map[string]any{"crl": rec.detail(p, id)}
}, enabled: func(rec *crlRecord) *bool { return &rec.Enabled }}

// parseList reads a revocation list in PEM.
func parseList(data []byte) (*x509.RevocationList, error) {
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "X509 CRL" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, validation("Incorrect CRL data: crlData has to be one X509 CRL in PEM, and nothing else.")
	}
	list, err := x509.ParseRevocationList(block.Bytes)
	if err != nil {
		return nil, validation("Incorrect CRL data: the list can't be read: " + err.Error() + ".")
	}
	return list, nil
}

// checkList reads a revocation list for a trust anchor. One that says that an authority of the anchor has issued it is signed by that;
// of the authorities below, only those who ask for sessions bring the certificates.
func checkList(data []byte, anchor *anchorRecord) error {
	list, err := parseList(data)
	if err != nil {
		return err
	}
	known, err := authorities(anchor.Bundle)
	if err != nil {
		return err
	}
	issued, signed := false, false
	for _, c := range known {
		if bytes.Equal(c.RawSubject, list.RawIssuer) {
			issued = true
			signed = signed || list.CheckSignatureFrom(c) == nil
		}
	}
	if issued && !signed {
		return validation("Incorrect CRL data: the list is not signed by the authority that is its issuer.")
	}
	return nil
}

// listsOf are the revocation lists of a trust anchor, by their ids.
func listsOf(ctx context.Context, r kv.Reader, p place, anchorARN string) (map[string]*crlRecord, error) {
	lists := map[string]*crlRecord{}
	err := each(ctx, r, p, crls, "", func(id string, rec *crlRecord) (bool, error) {
		if rec.AnchorARN == anchorARN {
			lists[id] = rec
		}
		return true, nil
	})
	return lists, err
}

// importCrl decodes ImportCrl.
func (s *Service) importCrl(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		Name      *string `json:"name"`
		Data      []byte  `json:"crlData"`
		Enabled   bool    `json:"enabled"`
		Tags      []tag   `json:"tags"`
		AnchorARN *string `json:"trustAnchorArn"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	bad.Required("name", in.Name != nil)
	checkName(&bad, in.Name)
	bad.Required("crlData", in.Data != nil)
	checkSize(&bad, in.Data)
	checkTags(&bad, in.Tags)
	bad.Required("trustAnchorArn", in.AnchorARN != nil)
	bad.Length("trustAnchorArn", in.AnchorARN, 1, 1011)
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return nil, err
	}
	if err := oneOfEach(in.Tags); err != nil {
		return nil, err
	}
	at, k, anchorID, ok := parseARN(*in.AnchorARN)
	if !ok || k != anchors || at != (place{req.Caller.Account, req.Region}) {
		return nil, validation("The trustAnchorArn is not that of a trust anchor of the account in this region.")
	}
	id := uuid.NewString()
	return &call{s: s, req: req, action: "ImportCrl", asks: tagsAsked(in.Tags), change: func(ctx context.Context, tx kv.Txn, p place, now time.Time) (any, error) {
		anchor, err := read[anchorRecord](ctx, tx, p, anchors, anchorID)
		if err != nil || anchor == nil {
			return nil, or(err, validation("There is no trust anchor "+anchorID+"."))
		}
		if err := checkList(in.Data, anchor); err != nil {
			return nil, err
		}
		if others, err := listsOf(ctx, tx, p, *in.AnchorARN); err != nil || len(others) >= maxLists {
			return nil, or(err, tooMany(len(others), "revocation lists of the trust anchor"))
		}
		rec := &crlRecord{resource{*in.Name, in.Tags, now, now}, in.Enabled, in.Data, *in.AnchorARN}
		return oneCrl.show(p, id, rec), put(tx, p, crls, id, rec)
	}}, nil
}

func checkSize(bad *awsapi.Violations, data []byte) {
	if data != nil {
		bad.Count("crlData", "java.nio.HeapByteBuffer", len(data), 1, maxList)
	}
}

// getCrl decodes GetCrl.
func (s *Service) getCrl(req *awsapi.Request) (awsapi.Call, error) {
	return oneCrl.get(s, req, "GetCrl")
}

// listCrls decodes ListCrls.
func (s *Service) listCrls(req *awsapi.Request) (awsapi.Call, error) {
	return list(s, req, "ListCrls", "crls", crls, func(p place, id string, rec *crlRecord) crlDetail { return rec.detail(p, id) })
}

// updateCrl decodes UpdateCrl.
func (s *Service) updateCrl(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		Name *string `json:"name"`
		Data []byte  `json:"crlData"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	checkName(&bad, in.Name)
	checkSize(&bad, in.Data)
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return nil, err
	}
	id, err := idIn(req, oneCrl.member)
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, action: "UpdateCrl", on: crls, id: id, change: func(ctx context.Context, tx kv.Txn, p place, now time.Time) (any, error) {
		rec, err := there[crlRecord](ctx, tx, p, crls, id)
		if err != nil {
			return nil, err
		}
		if in.Name != nil {
			rec.Name = *in.Name
		}
		if in.Data != nil {
			_, _, anchorID, _ := parseARN(rec.AnchorARN)
			anchor, err := there[anchorRecord](ctx, tx, p, anchors, anchorID)
			if err == nil {
				err = checkList(in.Data, anchor)
			}
			if err != nil {
				return nil, err
			}
			rec.Data = in.Data
		}
		rec.Updated = now
		return oneCrl.show(p, id, rec), put(tx, p, crls, id, rec)
	}}, nil
}

// enableCrl decodes EnableCrl.
func (s *Service) enableCrl(req *awsapi.Request) (awsapi.Call, error) {
	return oneCrl.enable(s, req, "EnableCrl", true)
}

// disableCrl decodes DisableCrl.
func (s *Service) disableCrl(req *awsapi.Request) (awsapi.Call, error) {
	return oneCrl.enable(s, req, "DisableCrl", false)
}

// deleteCrl decodes DeleteCrl.
func (s *Service) deleteCrl(req *awsapi.Request) (awsapi.Call, error) {
	return oneCrl.remove(s, req, "DeleteCrl", nil)
}
