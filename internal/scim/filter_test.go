package scim

import (
	"errors"
	"net/http"
	"slices"
	"testing"
)

func TestFilters(t *testing.T) {
	for text, want := range map[string][]equals{
		`userName eq "a b"`: {{"username", "a b"}},
		`  userName   eq   "a"  and   externalId EQ "b"`: {{"username", "a"}, {"externalid", "b"}},
		`active eq true AND userName eq "x\"] and y"`:    {{"active", "true"}, {"username", `x"] and y`}},
		userSchema + `:userName eq "a"`:                  {{"username", "a"}},
		enterpriseSchema + `:manager.value eq "a"`:       {{"enterprise.manager.value", "a"}},
	} {
		if got, err := parseFilter(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

func TestPaths(t *testing.T) {
	for text, want := range map[string]path{
		`title`:                                 {name: "title"},
		`name.givenName`:                        {name: "name", sub: "givenname"},
		userSchema + `:name.givenName`:          {name: "name", sub: "givenname"},
		enterpriseSchema:                        {name: "enterprise"},
		enterpriseSchema + `:department`:        {name: "enterprise", sub: "department"},
		enterpriseSchema + `:manager.value`:     {name: "enterprise", sub: "manager.value"},
		`members`:                               {name: "members"},
		`members[value eq "a.b"]`:               {name: "members", which: &equals{"value", "a.b"}},
		`emails[type eq "work"].value`:          {name: "emails", sub: "value", which: &equals{"type", "work"}},
		` addresses[ primary eq true ].country`: {name: "addresses", sub: "country", which: &equals{"primary", "true"}},
	} {
		got, err := parsePath(text)
		same := (got.which == nil) == (want.which == nil) && (got.which == nil || *got.which == *want.which)
		if err != nil || got.name != want.name || got.sub != want.sub || !same {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

// FuzzParse: whatever a filter or a path is, it is read, or refused as the client's mistake; what is read is bounded.
func FuzzParse(f *testing.F) {
	for _, text := range []string{`userName eq "a" and b eq true`, `emails[type eq "work"].value`, `a[`, `a[b eq "c"`, `a eq`, enterpriseSchema + ":x", `[]`, `a[b eq "c"]d`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := parseFilter(text)
		refused(t, err)
		for _, one := range filter {
			if one.attribute == "" {
				t.Errorf("%q: %+v", text, one)
			}
		}
		if len(filter) > maxConditions {
			t.Errorf("%d conditions", len(filter))
		}
		p, err := parsePath(text)
		refused(t, err)
		if err == nil && p.name == "" {
			t.Errorf("%q: %+v", text, p)
		}
	})
}

func refused(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if f, ok := errors.AsType[*failure](err); !ok || f.status != http.StatusBadRequest {
		t.Errorf("%v", err)
	}
}
