package center

import (
	"strings"
	"testing"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/policy"
)

func TestSources(t *testing.T) {
	u := &directory.User{UserName: "ann", DisplayName: "Ann B", Title: "engineer", Name: directory.Name{FamilyName: "B", GivenName: "Ann"},
		Emails:       []directory.Email{{Value: "home@example.com", Type: "home"}, {Value: "work@example.com", Type: "work", Primary: true}},
		Addresses:    []directory.Address{{Region: "Wien", Type: "work"}},
		PhoneNumbers: []directory.PhoneNumber{{Value: "1", Type: "work"}},
		Enterprise:   map[string]string{"costCenter": "42", "manager.value": "eve", "division": strings.Repeat("x", 257)}}
	for source, want := range map[string]string{
		"${path:userName}":                           "ann",
		"${path:name.familyName}":                    "B",
		"${path:title}":                              "engineer",
		"${path:nickName}":                           "",
		"${path:emails[primary eq true].value}":      "work@example.com",
		`${path:emails[type eq "home"].value}`:       "home@example.com",
		`${path:emails[type eq "other"].value}`:      "",
		`${path:addresses[type eq "work"].region}`:   "Wien",
		`${path:phoneNumbers[type eq "work"].value}`: "1",
		"${path:enterprise.costCenter}":              "42",
		"${path:enterprise.manager.value}":           "eve",
		"${path:enterprise.division}":                "", // no tag is that long, and a part of it is another value
		"${user:email}":                              "work@example.com",
		"${user:preferredUsername}":                  "ann",
	} {
		if _, ok := parseSource(source); !ok {
			t.Errorf("%s is refused", source)
		}
		if got := valueOf(u, source); got != want {
			t.Errorf("%s is %q, not %q", source, got, want)
		}
	}
	for _, source := range []string{"", "userName", "${path:}", "${user:password}", "${path:emails[primary eq true.value}", "${dir:x}"} {
		if _, ok := parseSource(source); ok {
			t.Errorf("%s is taken", source)
		}
	}
}

// What the instance says wins over what an outside source says, whatever the case of the key.
func TestSessionTags(t *testing.T) {
	i := &instanceRecord{ABAC: true, Attributes: []attribute{{"Team", "${path:title}"}, {"None", "${path:nickName}"}}}
	got := i.sessionTags(&directory.User{Title: "blue"}, []policy.Tag{{Key: "team", Value: "red"}, {Key: "Site", Value: "x"}})
	if len(got) != 2 || got[0] != (policy.Tag{Key: "Team", Value: "blue"}) || got[1].Key != "Site" {
		t.Error(got)
	}
	i.ABAC = false
	if got := i.sessionTags(&directory.User{Title: "blue"}, nil); len(got) != 0 {
		t.Error(got)
	}
}

func TestSessionNames(t *testing.T) {
	for name, want := range map[string]string{"ann@example.com": "ann@example.com", "a": "id", "ann b": "id", strings.Repeat("a", 65): "id"} {
		if got := sessionName(name, "id"); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
