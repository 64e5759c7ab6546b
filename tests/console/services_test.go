package console

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/accessanalyzer"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/cloudtrail"
	"github.com/statordb/stator/internal/cloudwatch"
	"github.com/statordb/stator/internal/costexplorer"
	"github.com/statordb/stator/internal/dynamodb"
	"github.com/statordb/stator/internal/identity"
)

// ofOthers are the operations that are no actions: they need those of what they do to items ("Actions, resources, and condition
// keys for Amazon DynamoDB", Service Authorization Reference).
var ofOthers = []string{"dynamodb:BatchExecuteStatement", "dynamodb:ExecuteStatement", "dynamodb:ExecuteTransaction",
	"dynamodb:TransactGetItems", "dynamodb:TransactWriteItems"}

// What the policy editor offers is what the server decides about, with what it has only the name of yet: all that works is offered,
// and nothing that no table has.
func TestServicesAreTheServers(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(folder, "app", "src", "iam", "policies", "services.json"))
	if err != nil {
		t.Fatal(err)
	}
	var offered []struct {
		Prefix    string
		Resources map[string]string
		Keys      []string
		Actions   map[string]map[string]string
	}
	if err := json.Unmarshal(body, &offered); err != nil {
		t.Fatal(err)
	}
	all, words := operations(), names(t, "dynamodb", "identity", "federation")
	reading := regexp.MustCompile(`^(BatchGet|ConditionCheck|Decode|Describe|Generate|Get|List|Lookup|PartiQLSelect|Query|Scan|Simulate|Validate)`)
	keys := map[string]bool{}
	for _, s := range offered {
		for _, key := range s.Keys {
			keys[strings.ToLower(key)] = true
		}
		used := map[string]bool{}
		for level, byTypes := range s.Actions {
			for types, actions := range byTypes {
				for _, resource := range strings.Fields(types) {
					used[resource] = true
					if s.Resources[resource] == "" {
						t.Errorf("%s has no resource %q", s.Prefix, resource)
					}
				}
				for _, name := range strings.Fields(actions) {
					action := s.Prefix + ":" + name
					if _, listed := all[action]; !listed && !slices.Contains(words, action) {
						t.Errorf("%s is offered, and the server does not know it", action)
					}
					delete(all, action)
					if reads := level == "List" || level == "Read"; reads != reading.MatchString(name) {
						t.Errorf("%s is of level %s", action, level)
					}
					if tags := regexp.MustCompile(`^(Tag|Untag)`).MatchString(name); tags != (level == "Tagging") {
						t.Errorf("%s is of level %s", action, level)
					}
				}
			}
		}
		for resource := range s.Resources {
			if !used[resource] {
				t.Errorf("%s: no action is on %q", s.Prefix, resource)
			}
		}
	}
	for _, action := range ofOthers {
		delete(all, action)
	}
	for action, works := range all {
		if works {
			t.Errorf("%s is not offered", action)
		}
	}
	// The server has the names of most condition keys in lower case, as policies may write them.
	for _, word := range words {
		_, name, _ := strings.Cut(word, ":")
		if name == strings.ToLower(name) && !keys[word] {
			t.Errorf("the condition key %s is not offered", word)
		}
	}
	for key := range keys {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, key) }) {
			t.Errorf("the condition key %s is offered, and the server does not know it", key)
		}
	}
}

// operations are those of all tables, as actions, and whether they work.
func operations() map[string]bool {
	var ids identity.Store
	there := map[string]bool{}
	for _, op := range slices.Concat(dynamodb.New(nil, nil).Operations(), ids.Operations(), ids.TokenOperations(), ids.AccountOperations(),
		ids.AccountManagementOperations(), cloudwatch.New(nil).Operations(), cloudtrail.New(nil).Operations(),
		accessanalyzer.New([]awsapi.Operation(nil)).Operations(), costexplorer.New(nil, costexplorer.Options{}).Operations()) {
		there[op.Service+":"+op.Name] = op.Decode != nil
	}
	return there
}

// names are the actions and condition keys, dynamodb:GetItem or dynamodb:leadingkeys, that packages have as strings.
func names(t *testing.T, packages ...string) []string {
	t.Helper()
	name := regexp.MustCompile(`^(dynamodb|iam|sts):[A-Za-z]+/?$`)
	found := map[string]bool{}
	for _, p := range packages {
		sources, err := filepath.Glob(filepath.Join("..", "..", "internal", p, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			if strings.HasSuffix(source, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					if text, err := strconv.Unquote(literal.Value); err == nil && name.MatchString(text) {
						found[text] = true
					}
				}
				return true
			})
		}
	}
	return slices.Sorted(maps.Keys(found))
}
