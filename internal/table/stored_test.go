package table

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A definition that an older program wrote is read; one of a newer program is refused.
func TestDescriptorFormats(t *testing.T) {
	d := simple("t")
	d.ID = 1
	d.Settings.Policy = &ResourcePolicy{Document: "{}", Revision: 7}
	b, err := encodeDescriptor(&d)
	if err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string]error{"0": ErrFormat, "1": nil, "2": nil, "3": nil, "4": nil, "5": nil, "6": ErrFormat} {
		got, err := decodeDescriptor([]byte(strings.Replace(string(b), fmt.Sprintf(`"format":%d`, descriptorFormat), `"format":`+format, 1)))
		if !errors.Is(err, want) {
			t.Errorf("format %s: %v", format, err)
		}
		if err == nil && *got.Settings.Policy != *d.Settings.Policy {
			t.Errorf("format %s: policy %v", format, got.Settings.Policy)
		}
	}
}

// What is derived from a published descriptor is made once for each of its versions.
func TestDerived(t *testing.T) {
	s := openStore(t, openDB(t), Options{})
	made := 0
	derive := func(d *Descriptor) any {
		made++
		return d.Version
	}
	d, err := s.Create(t.Context(), simple("t"))
	if err != nil {
		t.Fatal(err)
	}
	check := func(d *Descriptor, wantMade int) {
		t.Helper()
		if got := d.Derived(derive); got != d.Version || made != wantMade {
			t.Errorf("version %d: %v, made %d times", d.Version, got, made)
		}
	}
	check(d, 1)
	check(d, 1)
	check(d.Clone(), 2)
	check(d.Clone(), 3)
	if d, err = s.Change(t.Context(), d.Scope, d.Name, func(d *Descriptor) error {
		d.Settings.Policy = &ResourcePolicy{Document: "{}", Revision: 1}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	check(d, 4)
	if d, err = s.Table(t.Context(), d.Scope, d.Name); err != nil {
		t.Fatal(err)
	}
	check(d, 4)
	c := d.Clone()
	c.Settings.Policy.Document = ""
	if d.Settings.Policy.Document == "" {
		t.Error("a clone shares the policy")
	}
}
