package identity

import (
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Every operation that the SDK's client has is in the table, and nothing else, in order.
func TestOperationsAreAll(t *testing.T) {
	client := reflect.TypeFor[*iam.Client]()
	var want []string
	for i := range client.NumMethod() {
		if m := client.Method(i); m.Type.NumIn() == 4 && m.Type.NumOut() == 2 {
			want = append(want, m.Name)
		}
	}
	var got []string
	for _, op := range new(Store).Operations() {
		if op.Service != "iam" {
			t.Errorf("%s is of service %q", op.Name, op.Service)
		}
		got = append(got, op.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Every constraint is one of a member that an input has: a name with a slip would constrain nothing.
func TestConstraintsAreOfMembers(t *testing.T) {
	members := map[string]bool{}
	for _, client := range []reflect.Type{reflect.TypeFor[*iam.Client](), reflect.TypeFor[*sts.Client]()} {
		for i := range client.NumMethod() {
			if m := client.Method(i); m.Type.NumIn() == 4 && m.Type.NumOut() == 2 {
				in := m.Type.In(2).Elem()
				for j := range in.NumField() {
					members[in.Field(j).Name], members[in.Name()+"."+in.Field(j).Name] = true, true
				}
			}
		}
	}
	for name := range constraints {
		if !members[name] {
			t.Error(name)
		}
	}
}
