// Package repo holds the rules of the repository that a compiler does not keep: who may import whom, how a package is
// documented, how long a file may be. It imports nothing of ours but the table of operations.
package repo

import (
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/statordb/stator"

// allowed says which of our packages a package may import, and why no others. A package that is not here may import
// none of ours: the leaves are pure.
var allowed = map[string]struct {
	imports []string
	why     string
}{
	"cmd/stator":                          {[]string{"", "internal/agent", "internal/identity"}, "the command is package stator with flags, and the agent of hosts"},
	"":                                    {[]string{"internal/accessanalyzer", "internal/audit", "internal/awsapi", "internal/cloudtrail", "internal/cloudwatch", "internal/console", "internal/costexplorer", "internal/meter", "internal/migrate", "internal/objects", "internal/rolesanywhere", "internal/transfer", "internal/server", "internal/signin", "internal/dynamodb", "internal/identity", "internal/table", "internal/kv", "internal/kv/pebblekv", "internal/kv/postgreskv", "internal/kv/tikvkv", "internal/center", "internal/directory", "internal/scim", "internal/portal", "internal/sources", "internal/policy"}, "package stator wires everything; nothing else sees an engine"},
	"statortest":                          {[]string{""}, "a test's server is an ordinary one"},
	"internal/server":                     {[]string{"internal/identity", "internal/policy", "internal/sigv4", "internal/awsapi", "internal/jsonscan"}, "the front door knows operations as values, never what they do"},
	"internal/signin":                     {[]string{"internal/server", "internal/identity", "internal/audit", "internal/policy", "internal/awsapi"}, "who signs in gets what identity makes; the front door lends it what it knows of a request"},
	"internal/dynamodb":                   {[]string{"internal/table", "internal/expression", "internal/partiql", "internal/attribute", "internal/policy", "internal/awsapi", "internal/jsonscan", "internal/meter", "internal/transfer", "internal/itemfile", "internal/objects"}, "operations see tables; never keys, engines or identities"},
	"internal/identity":                   {[]string{"internal/federation", "internal/policy", "internal/awsapi", "internal/keyspace", "internal/kv", "internal/sigv4"}, "identities are records of their own; they know no table"},
	"internal/rolesanywhere":              {[]string{"internal/identity", "internal/sigv4", "internal/policy", "internal/awsapi", "internal/keyspace", "internal/kv"}, "certificates become sessions, which identity issues; it keeps records of its own"},
	"internal/agent":                      {nil, "a client of the APIs like any other"},
	"internal/directory":                  {[]string{"internal/identity", "internal/policy", "internal/awsapi", "internal/jsonscan", "internal/keyspace", "internal/kv"}, "people are records of their own; passwords and codes are what identity makes of them"},
	"internal/center":                     {[]string{"internal/directory", "internal/identity", "internal/policy", "internal/awsapi", "internal/keyspace", "internal/kv"}, "what people may be is about the people of the directory and the accounts of identity"},
	"internal/portal":                     {[]string{"internal/center", "internal/directory", "internal/federation", "internal/signin", "internal/server", "internal/identity", "internal/audit", "internal/policy", "internal/awsapi", "internal/jsonscan", "internal/keyspace", "internal/kv"}, "what people have once they have signed in depends on who they are and what they may be"},
	"internal/scim":                       {[]string{"internal/audit", "internal/policy", "internal/directory", "internal/server", "internal/awsapi", "internal/kv"}, "what other directories send becomes changes of ours"},
	"internal/sources":                    {[]string{"internal/directory", "internal/federation", "internal/server", "internal/keyspace", "internal/kv", "internal/awsapi", "internal/policy"}, "a source knows the people of the directory; what a session is, it is told"},
	"internal/sources/ldaptest":           {nil, "a server for tests is OpenLDAP's"},
	"internal/console":                    {nil, "the console is files; what it shows comes from the APIs"},
	"internal/meter":                      {nil, "figures are numbers under names"},
	"internal/cloudwatch":                 {[]string{"internal/meter", "internal/awsapi", "internal/policy"}, "metrics come from the meter, whoever measured them"},
	"internal/cloudtrail":                 {[]string{"internal/audit", "internal/awsapi", "internal/policy"}, "events come from the audit log, and from nowhere else"},
	"internal/accessanalyzer":             {[]string{"internal/awsapi", "internal/policy", "internal/jsonscan"}, "findings are about a document alone"},
	"internal/costexplorer":               {[]string{"internal/meter", "internal/awsapi", "internal/policy"}, "usage comes from the meter; tags and settings are asked for by functions"},
	"internal/table":                      {[]string{"internal/keyspace", "internal/attribute", "internal/kv"}, "the data model takes functions, not expressions"},
	"internal/migrate":                    {[]string{"internal/table", "internal/keyspace", "internal/kv"}, "a store is moved as keys and values, whatever they are of"},
	"internal/keyspace":                   {[]string{"internal/attribute"}, "a key is made of attribute values"},
	"internal/expression":                 {[]string{"internal/attribute"}, "pure"},
	"internal/partiql":                    {[]string{"internal/expression", "internal/attribute"}, "pure: a statement becomes the values that the operations work with"},
	"internal/awsapi":                     {[]string{"internal/policy", "internal/jsonscan"}, "the wire is one for all services"},
	"internal/attribute":                  {[]string{"internal/jsonscan"}, "values are read straight from the body"},
	"internal/kv/pebblekv":                {[]string{"internal/kv"}, "an engine knows the contract and nothing of ours besides"},
	"internal/kv/postgreskv":              {[]string{"internal/kv"}, "an engine knows the contract and nothing of ours besides"},
	"internal/kv/postgreskv/postgrestest": {nil, "a server for tests is PostgreSQL's"},
	"internal/kv/tikvkv":                  {[]string{"internal/kv"}, "an engine knows the contract and nothing of ours besides"},
	"internal/kv/tikvkv/tikvtest":         {[]string{"internal/kv/tikvkv"}, "a cluster for tests opens engines"},
	"internal/kv/kvtest":                  {[]string{"internal/kv"}, "the conformance suite is the contract's"},
	"demo":                                {nil, "the demo is a program like any user's"},
	"bench":                               {[]string{"internal/kv/postgreskv/postgrestest"}, "the benchmark sees servers from outside; a PostgreSQL is none of ours"},
	"bench/mocktikv":                      {[]string{"", "internal/kv/tikvkv", "internal/kv/tikvkv/tikvtest"}, "a mock cluster is in its servers' process, so that they can't be built ones"},
	"internal/audit":                      {[]string{"internal/policy"}, "the log knows who asks and what policies say; no operation"},
	"internal/policy":                     {nil, "pure"},
	"internal/sigv4":                      {nil, "pure"},
	"internal/kv":                         {nil, "the contract depends on nothing"},
	"internal/jsonscan":                   {nil, "pure"},
	"internal/federation":                 {nil, "what strangers sign is verified apart from everything that acts on it"},
	"internal/transfer":                   {[]string{"internal/table", "internal/objects", "internal/itemfile", "internal/attribute", "internal/keyspace", "internal/kv"}, "exports and imports see tables and objects, and keep records of their own; they know no request"},
	"internal/itemfile":                   {[]string{"internal/attribute", "internal/jsonscan"}, "a file is a stream of items"},
	"internal/objects":                    {nil, "objects are bytes under names"},
}

type goPackage struct {
	ImportPath string
	Name       string
	Doc        string
	Dir        string
	GoFiles    []string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Doc,Dir,GoFiles,Imports", module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// ours is the folder of a package of ours.
func ours(path string) (folder string, ok bool) {
	if path == module {
		return "", true
	}
	return strings.CutPrefix(path, module+"/")
}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range packages(t) {
		folder, _ := ours(p.ImportPath)
		if strings.HasPrefix(folder, "tests/") {
			continue // tests look from outside, at what they like
		}
		rule := allowed[folder]
		for _, path := range p.Imports {
			if imported, ok := ours(path); ok && !slices.Contains(rule.imports, imported) {
				t.Errorf("%q must not import %q: %s", folder, imported, rule.why)
			}
		}
	}
}
