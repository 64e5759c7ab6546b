// Package items follows people through the items of tables.
package items

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/statordb/stator/tests/browser"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

type (
	s    = types.AttributeValueMemberS
	n    = types.AttributeValueMemberN
	item = map[string]types.AttributeValue
)

// digits are more than a number of JavaScript has.
const digits = "12345678901234567890.123456789012345678"

// get is the item of a table with a key, nil if there is none.
func get(t *testing.T, c *dynamodb.Client, name string, key item) item {
	t.Helper()
	out, err := c.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

func TestItems(t *testing.T) {
	t.Parallel()
	server := harness.Start(t)
	c := dynamodb.NewFromConfig(server.Config)
	browser.Table(t, c, "Items", []string{"id S", "n N"}, nil)
	explored := browser.SignedIn(t, server)
	key := func(id, number string) item { return item{"id": &s{Value: id}, "n": &n{Value: number}} }
	with := func(id string, attributes item) item {
		all := key(id, "1")
		for name, value := range attributes {
			all[name] = value
		}
		return all
	}
	// The first flow sees an empty table, so the others' items are put when it has made its own.
	browser.Flow(t, "items.test.mjs", explored, "STATOR_FLOW=create")
	browser.Fill(t, c, "Items", []item{
		with("edited", item{
			"old": &s{Value: "stays"}, "unwanted": &s{Value: ""}, "text": &s{Value: "x"}, "untouched": &n{Value: digits},
			"list": &types.AttributeValueMemberL{Value: []types.AttributeValue{
				&s{Value: "first"}, &types.AttributeValueMemberM{Value: item{"inner": &n{Value: "1"}}},
			}},
		}),
		with("json", item{"number": &n{Value: digits}, "set": &types.AttributeValueMemberSS{Value: []string{"a"}}, "b": &types.AttributeValueMemberB{Value: []byte{0, 255}}}),
		with("shared", item{"a": &s{Value: "first"}, "b": &s{Value: "first"}}),
		key("moved", "1"), key("deleted", "1"),
	})
	// Names of JavaScript's own objects, and keys that an address has to escape, beside what they would be if it did so once too often.
	odd := []string{"x%41", "xA", "a/b%25", "ü/😀?&#="}
	var named []item
	for _, id := range odd {
		named = append(named, item{"id": &s{Value: id}, "__proto__": &s{Value: "old"}, "constructor": &s{Value: "begun"}})
	}
	browser.Table(t, c, "Items.of-all_1", []string{"id S"}, named)
	browser.Flow(t, "items.test.mjs", explored, "STATOR_FLOW=change")
	for _, id := range odd {
		got := get(t, c, "Items.of-all_1", item{"id": &s{Value: id}})
		proto, text := got["__proto__"].(*s).Value, got["constructor"].(*s).Value
		if changed := proto == "changed" && strings.HasPrefix(text, "begun, a text"); changed != (id != "xA") {
			t.Errorf("item %s: %s", id, show(got))
		}
	}

	edited := item{
		"renamed": &s{Value: "stays"}, "text": &n{Value: "38"}, "untouched": &n{Value: digits},
		"list": &types.AttributeValueMemberL{Value: []types.AttributeValue{
			&s{Value: "changed"}, &types.AttributeValueMemberM{Value: item{"inner": &n{Value: "7"}}},
		}},
	}
	for _, want := range []item{
		with("form", item{
			"s": &s{Value: "other"}, "empty": &s{Value: ""}, "number": &n{Value: "-0." + strings.ReplaceAll(digits, ".", "")},
			"b":   &types.AttributeValueMemberB{Value: []byte{1, 2, 3}},
			"yes": &types.AttributeValueMemberBOOL{Value: false}, "no": &types.AttributeValueMemberBOOL{Value: false},
			"nothing": &s{Value: "something"},
			"ss":      &types.AttributeValueMemberSS{Value: []string{"b", "z"}},
			"ns":      &types.AttributeValueMemberNS{Value: []string{"2", digits}},
			"bs":      &types.AttributeValueMemberBS{Value: [][]byte{{2}, {255}}},
			"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{
				&s{Value: "first"},
				&types.AttributeValueMemberM{Value: item{"deep": &types.AttributeValueMemberL{Value: []types.AttributeValue{&n{Value: "10000000000"}}}}},
			}},
			"m": &types.AttributeValueMemberM{Value: item{"flag": &types.AttributeValueMemberBOOL{Value: false}}},
		}),
		with("edited", edited),
		with("copied", edited),
		with("json", item{
			"number": &n{Value: "1" + digits[:len(digits)-1]}, "fresh": &types.AttributeValueMemberNS{Value: []string{"1", digits}},
			"set": &types.AttributeValueMemberSS{Value: []string{"a"}}, "b": &types.AttributeValueMemberB{Value: []byte{0, 255}},
			"more": &types.AttributeValueMemberM{Value: item{"a": &types.AttributeValueMemberL{Value: []types.AttributeValue{
				&n{Value: "1.1"}, &types.AttributeValueMemberNULL{Value: true}, &types.AttributeValueMemberBOOL{Value: true},
			}}}},
		}),
		with("shared", item{"a": &s{Value: "mine"}, "b": &s{Value: "later"}, "c": &s{Value: "again"}}),
		key("moved", "2"),
	} {
		if got := get(t, c, "Items", item{"id": want["id"], "n": want["n"]}); !reflect.DeepEqual(got, want) {
			t.Errorf("item %s\n%s, want\n%s", want["id"].(*s).Value, show(got), show(want))
		}
	}
	for _, id := range []string{"moved", "deleted"} {
		if got := get(t, c, "Items", key(id, "1")); got != nil {
			t.Errorf("%s is still there: %s", id, show(got))
		}
	}
}

func show(it item) string {
	text, _ := json.Marshal(it)
	return string(text)
}

func TestSearch(t *testing.T) {
	t.Parallel()
	server := harness.Start(t)
	c := dynamodb.NewFromConfig(server.Config)
	var music, bulk, pages []item
	for i := range 120 {
		music = append(music, item{
			"Artist": &s{Value: fmt.Sprint("Artist ", i%10)}, "Year": &n{Value: strconv.Itoa(1900 + i)}, "Genre": &s{Value: []string{"Rock", "Jazz"}[i%2]},
			"Sold": &n{Value: strconv.Itoa(1000 * i)}, "Tags": &types.AttributeValueMemberSS{Value: []string{"a", "b"}},
			"More": &types.AttributeValueMemberM{Value: item{
				"label":  &s{Value: "Verve"},
				"tracks": &types.AttributeValueMemberL{Value: []types.AttributeValue{&s{Value: `it's "a" track`}}},
			}},
		})
	}
	for i := range 90 {
		bulk = append(bulk, item{
			"id": &s{Value: fmt.Sprintf("item %02d", i)}, "n": &n{Value: fmt.Sprintf("%d.00000000000000000000000000000000001", i)},
			"text": &s{Value: `a "quoted", text`},
		})
	}
	bulk[1]["extra"] = &s{Value: "only here"}
	for i := range 350 {
		pages = append(pages, item{"id": &s{Value: strconv.Itoa(i)}})
	}
	browser.Table(t, c, "Music", []string{"Artist S", "Year N", "Genre S"}, music, types.GlobalSecondaryIndex{
		IndexName: aws.String("genres"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("Genre"), KeyType: types.KeyTypeHash}},
	})
	browser.Table(t, c, "Bulk", []string{"id S"}, bulk)
	browser.Table(t, c, "Pages", []string{"id S"}, pages)
	explored, out := browser.SignedIn(t, server), t.TempDir()
	browser.Flow(t, "search.test.mjs", explored, "STATOR_OUT="+out)
	t.Run("code", func(t *testing.T) { generated(t, server, out) })
	browser.Flow(t, "partiql.test.mjs", explored)
}

// generated runs the programs that the console made of a query, and compares what they print with what it showed.
func generated(t *testing.T, server *harness.Server, dir string) {
	body, err := os.ReadFile(filepath.Join(dir, "query.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := years(string(body))
	if len(want) != 10 {
		t.Fatalf("the console showed %q", want)
	}
	if err := os.Symlink(harness.NodeModules(t, "../../sdk/js"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{
		{"sh", filepath.Join(dir, "query.sh")},
		{harness.Boto3(t), filepath.Join(dir, "query.py")},
		{harness.Tool(t, "node"), filepath.Join(dir, "query.mjs")},
	} {
		cmd := harness.Command(t, append(server.Env, "PATH="+harness.CLI(t)), dir, command[0], command[1:]...)
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%q: %v\n%s", command, err, out)
		} else if got := years(string(out)); !slices.Equal(got, want) {
			t.Errorf("%q found %q, the console %q", command, got, want)
		}
	}
	// Values are printed as pointers by the program in Go, so it is only counted what it finds.
	cmd := harness.Command(t, server.Env, ".", harness.Tool(t, "go"), "run", filepath.Join(dir, "query.go"))
	out, err := cmd.Output()
	if lines := bytes.Count(out, []byte("map[")); err != nil || lines != len(want) {
		t.Errorf("the program in Go found %d items, the console %d (%v)\n%s", lines, len(want), err, out)
	}
}

// years are the years in what a program printed, in order.
func years(text string) []string {
	var found []string
	for _, part := range strings.Split(text, "Year")[1:] {
		found = append(found, strings.FieldsFunc(part, func(r rune) bool { return r < '0' || r > '9' })[0])
	}
	slices.Sort(found)
	return found
}

func TestImportFile(t *testing.T) {
	t.Parallel()
	server := harness.Start(t)
	c := dynamodb.NewFromConfig(server.Config)
	browser.Table(t, c, "Imported", []string{"id S"}, nil)
	browser.Flow(t, "import_file.test.mjs", browser.SignedIn(t, server))
	tags := &types.AttributeValueMemberSS{Value: []string{"a", "b"}}
	for _, want := range []item{
		{"id": &s{Value: "row 6"}, "n": &s{Value: "1.6"}, "code": &s{Value: "06"}, "tags": tags},
		{"id": &s{Value: "row 7"}, "n": &s{Value: "later"}, "code": &s{Value: "07"}},
		{"id": &s{Value: "row 61"}, "n": &s{Value: "x"}, "code": &s{Value: "61"}},
		{"id": &s{Value: "json"}, "b": &types.AttributeValueMemberB{Value: []byte{1, 2}}},
		{"id": &s{Value: "digits"}, "n": &n{Value: "98765432109876543210987654321098765432"}},
		{"id": &s{Value: "plain"}, "n": &n{Value: digits}, "list": &types.AttributeValueMemberL{Value: []types.AttributeValue{
			&n{Value: "1"}, &types.AttributeValueMemberNULL{Value: true}, &types.AttributeValueMemberM{Value: item{"a": &types.AttributeValueMemberBOOL{Value: true}}},
		}}},
	} {
		if got := get(t, c, "Imported", item{"id": want["id"]}); !reflect.DeepEqual(got, want) {
			t.Errorf("imported %s, want %s", show(got), show(want))
		}
	}
	if got := get(t, c, "Imported", item{"id": &s{Value: "many 19999"}}); got != nil {
		t.Error("a cancelled import went on to its end")
	}
}

func TestLargeTable(t *testing.T) {
	t.Parallel()
	const total = 100_000
	server := harness.Start(t)
	c := dynamodb.NewFromConfig(server.Config)
	items := make([]item, total)
	for i := range items {
		items[i] = item{"id": &s{Value: fmt.Sprintf("item %06d", i)}, "n": &n{Value: strconv.Itoa(i)}, "text": &s{Value: "some text of an item"}}
	}
	browser.Table(t, c, "Large", []string{"id S"}, items)
	browser.Table(t, c, "Small", []string{"id S"}, items[:300])
	browser.Flow(t, "large_table.test.mjs", browser.SignedIn(t, server), "STATOR_ITEMS="+strconv.Itoa(total))
}

// Somebody who may see that there are tables, and not what is in them.
func TestExploreDenied(t *testing.T) {
	t.Parallel()
	server := harness.Start(t)
	browser.Table(t, dynamodb.NewFromConfig(server.Config), "Secrets", []string{"id S"}, []item{{"id": &s{Value: "a"}}})
	users, name := iam.NewFromConfig(server.Config), aws.String("viewer")
	if _, err := users.CreateUser(t.Context(), &iam.CreateUserInput{UserName: name}); err != nil {
		t.Fatal(err)
	}
	const policy = `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": ["dynamodb:ListTables", "dynamodb:DescribeTable"], "Resource": "*"},
		{"Effect": "Deny", "Action": "dynamodb:PartiQLSelect", "Resource": "*"}
	]}`
	if _, err := users.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("see"), PolicyDocument: aws.String(policy)}); err != nil {
		t.Fatal(err)
	}
	browser.Flow(t, "explore_denied.test.mjs", browser.SignedInAs(t, server, *name), "ACCOUNT="+server.Account)
}
