package rolesanywhere

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// TestCheck finds what can't be read, and lists of trust anchors that are not there.
func TestCheck(t *testing.T) {
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	p := place{"111122223333", "eu-west-1"}
	cert, key := signed(t, &x509.Certificate{Subject: pkix.Name{CommonName: "ca"}, IsCA: true, BasicConstraintsValid: true, SubjectKeyId: []byte{1},
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign})
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Unix(0, 0), NextUpdate: time.Unix(1<<32, 0)}, cert, key)
	if err != nil {
		t.Fatal(err)
	}
	update := func(fn func(kv.Txn) error) {
		t.Helper()
		if err := db.Update(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	const id = "01234567-89ab-4cde-8f01-23456789abcd"
	whole := func(tx kv.Txn) error {
		if err := put(tx, p, anchors, id, &anchorRecord{Bundle: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))}); err != nil {
			return err
		}
		if err := put(tx, p, crls, id, &crlRecord{Data: pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), AnchorARN: p.arn(anchors, id)}); err != nil {
			return err
		}
		if err := put(tx, p, profiles, id, &profileRecord{}); err != nil {
			return err
		}
		return put(tx, p, subjects, id, &subjectRecord{})
	}
	check := func() (problems []string) {
		t.Helper()
		n, err := Check(t.Context(), db, func(problem string) { problems = append(problems, problem) })
		if err != nil || n < 3 || n > 5 {
			t.Error(n, err)
		}
		return problems
	}
	for name, damage := range map[string]func(tx kv.Txn) error{
		"":                        nil,
		"no anchor":               func(tx kv.Txn) error { return tx.Delete(p.key(anchors, id)) },
		"an anchor without a key": func(tx kv.Txn) error { return put(tx, p, anchors, id, &anchorRecord{Bundle: "x"}) },
		"a list of nothing":       func(tx kv.Txn) error { return put(tx, p, crls, id, &crlRecord{AnchorARN: p.arn(anchors, id)}) },
		"an unreadable anchor":    func(tx kv.Txn) error { return tx.Set(p.key(anchors, id), []byte("x")) },
		"an unreadable list":      func(tx kv.Txn) error { return tx.Set(p.key(crls, id), []byte("x")) },
		"an unreadable profile":   func(tx kv.Txn) error { return tx.Set(p.key(profiles, id), []byte("x")) },
		"an unreadable subject":   func(tx kv.Txn) error { return tx.Set(p.key(subjects, id), []byte("x")) },
		"another kind":            func(tx kv.Txn) error { return tx.Set(p.key("x", id), []byte("{}")) },
		"another key":             func(tx kv.Txn) error { return tx.Set(keyspace.People(word, "x"), []byte("{}")) },
	} {
		update(whole)
		if damage == nil {
			if problems := check(); len(problems) != 0 {
				t.Errorf("%q", problems)
			}
			continue
		}
		update(damage)
		if problems := check(); len(problems) != 1 {
			t.Errorf("%s: %q", name, problems)
		}
		update(func(tx kv.Txn) error {
			if err := tx.Delete(p.key("x", id)); err != nil {
				return err
			}
			return tx.Delete(keyspace.People(word, "x"))
		})
	}
}
