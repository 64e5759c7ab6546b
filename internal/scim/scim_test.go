package scim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/kv/pebblekv"
)

// site is a directory with a tenant.
type site struct {
	*Handler
	t       *testing.T
	db      kv.DB
	path    string
	token   string
	changes int // after which everybody is looked up anew
}

func start(t *testing.T) *site {
	t.Helper()
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	s := &site{t: t, db: db}
	now := time.Now()
	people, err := directory.Open(t.Context(), db, directory.Options{Now: func() time.Time {
		now = now.Add(time.Second) // whatever is written is modified at another time
		return now
	}, Change: func(ctx context.Context, fn func(kv.Txn) error) error {
		s.changes++
		return db.Update(ctx, fn)
	}})
	must(t, err)
	must(t, people.Update(t.Context(), func(tx kv.Txn) error {
		tenant, err := people.CreateTenant(t.Context(), tx, "somebody")
		if err != nil {
			return err
		}
		s.path = Path + "/" + tenant.ID + "/v2/"
		s.token, _, err = people.CreateBearerToken(t.Context(), tx, tenant.ID, "somebody")
		return err
	}))
	s.Handler = New(Options{People: people})
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *site) do(status int, method, path, body string) map[string]any {
	s.t.Helper()
	r := httptest.NewRequest(method, s.path+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.token)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != status {
		s.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	var out map[string]any
	if w.Body.Len() > 0 {
		must(s.t, json.Unmarshal(w.Body.Bytes(), &out))
	}
	return out
}

func (s *site) create(name string) (id string) {
	s.t.Helper()
	return s.do(http.StatusCreated, "POST", "Users", userOf(name, ""))["id"].(string)
}

// userOf is a user in JSON, with further attributes.
func userOf(name, more string) string {
	return fmt.Sprintf(`{"userName":%q,"externalId":"x-%s","displayName":"Some Body","name":{"givenName":"Some","familyName":"Body"},"active":true%s}`, name, name, more)
}

// A page costs what is on it, however many there are: what is on no page is not looked at.
func TestPagesReadNoOthers(t *testing.T) {
	s := start(t)
	const all = 5
	for i := range all {
		s.create(fmt.Sprintf("user%d", i))
		s.do(http.StatusCreated, "POST", "Groups", fmt.Sprintf(`{"displayName":"group%d"}`, i))
	}
	for kind, word := range map[string]string{"Users": "user", "Groups": "group"} {
		var keys [][]byte
		first, last := keyspace.PeopleRange("directory", word)
		must(t, s.db.View(t.Context(), func(r kv.Reader) error {
			return r.Scan(t.Context(), kv.Range{Start: first, End: last}, func(k, _ []byte) (bool, error) {
				keys = append(keys, append([]byte(nil), k...))
				return true, nil
			})
		}))
		if len(keys) != all {
			t.Fatalf("%d records of %s", len(keys), kind)
		}
		// Nobody can read the first and the last.
		must(t, s.db.Update(t.Context(), func(tx kv.Txn) error {
			if err := tx.Set(keys[0], []byte("?")); err != nil {
				return err
			}
			return tx.Set(keys[all-1], []byte("?"))
		}))
		for query, want := range map[string]int{"?startIndex=2&count=3": 3, "?count=0": 0, "?startIndex=100": 0} {
			got := s.do(http.StatusOK, "GET", kind+query, "")
			if got["totalResults"] != float64(all) || len(got["Resources"].([]any)) != want || got["itemsPerPage"] != float64(want) {
				t.Errorf("%s%s: %v", kind, query, got)
			}
		}
	}
}

// What changes nothing is not written, and what gives and takes no access makes nobody forget anything.
func TestChangesOfNothing(t *testing.T) {
	s := start(t)
	more := `,"emails":[{"value":"a@example.com","type":"work","primary":true}],"addresses":[{"country":"DE"}],"` + enterpriseSchema + `":{"department":"D","manager":{"value":"m"}}`
	id := s.create("ann")
	path := "Users/" + id
	put := func(body string) func() { return func() { s.do(http.StatusOK, "PUT", path, body) } }
	patch := func(op, path, value string) func() {
		return func() {
			body := fmt.Sprintf(`{"Operations":[{"op":%q,"path":%q,"value":%s}]}`, op, path, value)
			s.do(http.StatusOK, "PATCH", "Users/"+id, body)
		}
	}
	// another is somebody else than the directory who has disabled the user.
	another := func() {
		must(t, s.people.Update(t.Context(), func(tx kv.Txn) error {
			u, err := s.people.User(t.Context(), tx, id)
			if err != nil {
				return err
			}
			u.UpdatedBy = "another"
			return s.people.PutUser(t.Context(), tx, u)
		}))
	}
	const kept, written, forgotten = 0, 1, 2
	for _, c := range []struct {
		what   string
		do     func()
		effect int
	}{
		{"attributes", put(userOf("ann", more)), forgotten},
		{"all of it again", put(userOf("ann", more)), kept},
		{"the same name", patch("replace", "userName", `"ann"`), kept},
		{"active still", patch("replace", "active", "true"), kept},
		{"an address that it has", patch("replace", `emails[type eq "work"].value`, `"a@example.com"`), kept},
		{"another id there", patch("replace", "externalId", `"y"`), written},
		{"another department", patch("replace", enterpriseSchema+":department", `"E"`), forgotten},
		{"another name", patch("replace", "userName", `"Ann"`), forgotten},
		{"disabled", patch("replace", "active", "false"), forgotten},
		{"disabled again", patch("replace", "active", `"False"`), kept},
		{"disabled by another", another, written},
		{"its own last word", patch("replace", "active", "false"), written},
		{"its own last word again", patch("replace", "active", "false"), kept},
		{"enabled", patch("replace", "active", "true"), forgotten},
	} {
		before, changes := s.do(http.StatusOK, "GET", path, ""), s.changes
		c.do()
		after := s.do(http.StatusOK, "GET", path, "")
		modified := func(of map[string]any) string { return fmt.Sprint(of["meta"].(map[string]any)["lastModified"]) }
		effect := kept
		if modified(before) != modified(after) {
			effect = written
		}
		if s.changes != changes {
			effect = forgotten
		}
		if effect != c.effect {
			t.Errorf("%s: effect %d, want %d", c.what, effect, c.effect)
		}
	}
}
