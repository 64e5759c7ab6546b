package crash_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type item = map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func num(n int) types.AttributeValue    { return &types.AttributeValueMemberN{Value: strconv.Itoa(n)} }

// text is the text of a string or number; "" if v is neither.
func text(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return ""
}

// number is the value of an integer; what is none is far from all that the tests write.
func number(v types.AttributeValue) int {
	n, err := strconv.Atoi(text(v))
	if _, ok := v.(*types.AttributeValueMemberN); !ok || err != nil {
		return -1 << 40
	}
	return n
}

// render writes an item in one way.
func render(it item) string {
	if it == nil {
		return "nothing"
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(it)) {
		fmt.Fprintf(&b, "%s=%s ", name, renderValue(it[name]))
	}
	return b.String()
}

func renderValue(v types.AttributeValue) string {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return strconv.Quote(v.Value)
	case *types.AttributeValueMemberN:
		return v.Value
	}
	return fmt.Sprintf("%#v", v)
}

// brief is render for messages.
func brief(it item) string {
	s := render(it)
	if len(s) > 200 {
		s = s[:200] + "…"
	}
	return s
}

// only is the part of an item with these attributes.
func only(it item, names ...string) item {
	part := item{}
	for _, name := range names {
		if v, ok := it[name]; ok {
			part[name] = v
		}
	}
	return part
}
