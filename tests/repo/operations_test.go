package repo

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	analyzersdk "github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	trailsdk "github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	watchsdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	costsdk "github.com/aws/aws-sdk-go-v2/service/costexplorer"
	sdk "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	streams "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	storesdk "github.com/aws/aws-sdk-go-v2/service/identitystore"
	adminsdk "github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/statordb/stator/internal/accessanalyzer"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/center"
	"github.com/statordb/stator/internal/cloudtrail"
	"github.com/statordb/stator/internal/cloudwatch"
	"github.com/statordb/stator/internal/costexplorer"
	"github.com/statordb/stator/internal/directory"
	"github.com/statordb/stator/internal/dynamodb"
)

// The table of operations has all that AWS has, and each that works has a file of its own.
func TestEveryOperationIsInTheTable(t *testing.T) {
	var names []string
	for _, op := range dynamodb.New(nil, nil).Operations() {
		names = append(names, op.Name)
		if op.Service != "dynamodb" {
			t.Errorf("%s is of service %q", op.Name, op.Service)
		}
		if op.Decode == nil {
			continue
		}
		file := strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(op.Name, "${1}_${2}")) + ".go"
		if _, err := os.Stat(filepath.Join("..", "..", "internal", "dynamodb", file)); err != nil {
			t.Errorf("%s has no file %s", op.Name, file)
		}
	}
	if !slices.IsSorted(names) {
		t.Error("the table is not in alphabetical order")
	}
	for _, client := range []reflect.Type{reflect.TypeFor[*sdk.Client](), reflect.TypeFor[*streams.Client]()} {
		for i := range client.NumMethod() {
			m := client.Method(i)
			if m.Type.NumOut() == 2 && m.Name != "Options" && !slices.Contains(names, m.Name) {
				t.Errorf("AWS has %s; the table does not", m.Name)
			}
		}
	}
}

// The tables of the other services that the SDK has clients of are whole, too.
func TestEveryOperationOfAServiceIsInItsTable(t *testing.T) {
	for _, s := range []struct {
		operations []awsapi.Operation
		client     reflect.Type
	}{
		{accessanalyzer.New(nil).Operations(), reflect.TypeFor[*analyzersdk.Client]()},
		{cloudtrail.New(nil).Operations(), reflect.TypeFor[*trailsdk.Client]()},
		{cloudwatch.New(nil).Operations(), reflect.TypeFor[*watchsdk.Client]()},
		{new(center.Store).Operations(), reflect.TypeFor[*adminsdk.Client]()},
		{new(directory.Store).Operations(), reflect.TypeFor[*storesdk.Client]()},
		{costexplorer.New(nil, costexplorer.Options{}).Operations(), reflect.TypeFor[*costsdk.Client]()},
	} {
		var names []string
		for _, op := range s.operations {
			names = append(names, op.Name)
		}
		if !slices.IsSorted(names) {
			t.Errorf("the table of %v is not in alphabetical order", s.client)
		}
		for i := range s.client.NumMethod() {
			m := s.client.Method(i)
			if m.Type.NumOut() == 2 && m.Name != "Options" && !slices.Contains(names, m.Name) {
				t.Errorf("%v has %s; the table does not", s.client, m.Name)
			}
		}
	}
}
