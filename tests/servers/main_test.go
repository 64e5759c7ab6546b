// Package servers has three servers over one engine, PostgreSQL and TiKV, and asks whether a client notices that they are three:
// what one of them made any other can use, and what is changed on one is in force on all within two seconds.
//
// It knows the servers from outside alone. The main rule: each test runs over each engine.
package servers

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/statordb/stator/tests/fleet"
	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) {
	// What the tests do is mostly to wait, for leases that end and definitions that come into force: more of them can do it at a time
	// than there are processors.
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	harness.Main(m)
}

const (
	inForce  = 2 * time.Second  // what a change on another server may take
	patience = 60 * time.Second // for what has to happen some time
)

type item = map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// code is the code of an error of the API; "" if there was none, and the text of other errors.
func code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// eventually waits until a question has the answer that it has to have, and ends the test if that takes too long.
func eventually(t *testing.T, within time.Duration, what string, ask func() (answer, want string)) {
	t.Helper()
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		asked := time.Now() // an answer counts as of when it was asked for
		answer, want := ask()
		if answer == want {
			return
		}
		if asked.Sub(begun) > within {
			t.Fatalf("%s: after %v the answer is %q, want %q", what, asked.Sub(begun).Round(time.Millisecond), answer, want)
		}
	}
}

// everywhere is eventually, on each server.
func everywhere(t *testing.T, f *fleet.Fleet, within time.Duration, what, want string, ask func(c aws.Config) string) {
	t.Helper()
	begun := time.Now()
	for i, s := range f.Servers {
		eventually(t, max(0, within-time.Since(begun)), fmt.Sprintf("%s, server %d", what, i), func() (string, string) { return ask(s.Config), want })
	}
}

// clients are of each server. They never try twice.
func clients(f *fleet.Fleet) (all []*dynamodb.Client) {
	for _, s := range f.Servers {
		all = append(all, client(s.Config))
	}
	return all
}

func client(c aws.Config) *dynamodb.Client { return dynamodb.NewFromConfig(plain(c)) }

func plain(c aws.Config) aws.Config {
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return c
}

var tables atomic.Int64

// newTable makes a table with the key pk, changed as the test needs it, and waits until it is active everywhere.
func newTable(t *testing.T, f *fleet.Fleet, change ...func(*dynamodb.CreateTableInput)) string {
	t.Helper()
	name := fmt.Sprintf("Table%d", tables.Add(1))
	in := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: "HASH"}}}
	for _, c := range change {
		c(in)
	}
	_, err := clients(f)[0].CreateTable(t.Context(), in)
	must(t, err)
	everywhere(t, f, inForce, "CreateTable", "ACTIVE", func(c aws.Config) string { return status(t.Context(), c, name) })
	return name
}

// status is that of a table, or the error's code.
func status(ctx context.Context, c aws.Config, name string) string {
	out, err := client(c).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		return code(err)
	}
	return string(out.Table.TableStatus)
}
