package expression

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/statordb/stator/internal/attribute"
)

// numbers is a request whose :n is a number.
func numbers() *Placeholders {
	return &Placeholders{Values: map[string]attribute.Value{":n": attribute.NewInt(1), ":t": attribute.NewBool(true)}}
}

func TestLimits(t *testing.T) {
	const ok = ""
	tooMany := "Invalid ConditionExpression: The expression contains too many operators; operator count: 301"
	tooLong := "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097"
	for _, test := range []struct{ name, text, want string }{
		{"300 operators", strings.Repeat("NOT ", 299) + "a=:n", ok},
		{"301 operators", strings.Repeat("NOT ", 300) + "a=:n", tooMany},
		{"299 joined", strings.Repeat("a=:n AND ", 149) + "a=:n", ok},
		{"301 joined", strings.Repeat("a=:n AND ", 150) + "a=:n", tooMany},
		{"nested", strings.Repeat("(a=:n OR ", 149) + "a=:n" + strings.Repeat(")", 149), ok},
		{"301 nested", strings.Repeat("(a=:n OR ", 150) + "a=:n" + strings.Repeat(")", 150), tooMany},
		{"functions are operators", strings.Repeat("attribute_exists(a) AND ", 150) + "attribute_exists(a)", tooMany},
		{"BETWEEN is one", strings.Repeat("a BETWEEN :n AND :n AND ", 149) + "a=:n", ok},
		{"a mistake before the 301st", strings.Repeat("a=:n AND ", 300) + "a<:t",
			"Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"},
		{"4096 bytes", "a=:n" + strings.Repeat(" ", 4092), ok},
		{"4097 bytes", "a=:n" + strings.Repeat(" ", 4093), tooLong},
		{"size in characters", strings.Repeat("é", 4096), `Invalid ConditionExpression: Syntax error; token: "é", near: "éé"`},
		{"a path of 32", "b" + strings.Repeat(".b", 31) + "=:n", ok},
		{"a path of 33", "b" + strings.Repeat("[0]", 32) + "=:n",
			"Invalid ConditionExpression: The document path has too many nesting levels; nesting levels: 33"},
		{"IN 100", "a IN (:n" + strings.Repeat(",:n", 99) + ")", ok},
		{"IN 101", "a IN (:n" + strings.Repeat(",:n", 100) + ")",
			"Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101"},
		{"hostile parentheses", strings.Repeat("(", 2000) + "a=:n" + strings.Repeat(")", 2000),
			"Invalid ConditionExpression: The expression has redundant parentheses;"},
		{"hostile opening parentheses", strings.Repeat("(", 4096),
			`Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "("`},
		{"empty", "", "Invalid ConditionExpression: The expression can not be empty;"},
	} {
		got := ok
		if _, err := ParseCondition(ConditionParam, test.text, numbers()); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestUpdateLimits(t *testing.T) {
	const long = "Expression size has exceeded the maximum allowed size;"
	if _, err := ParseUpdate("REMOVE "+strings.Repeat("a", 4096), numbers()); err == nil || err.Error() != "Invalid UpdateExpression: "+long {
		t.Error(err)
	}
	if _, err := ParseProjection(strings.Repeat("a", 4097), numbers()); err == nil || err.Error() != "Invalid ProjectionExpression: "+long {
		t.Error(err)
	}
	// SET is no operator, + is; and there may be more paths than operators.
	var set, sum []string
	for i := range 301 {
		set = append(set, fmt.Sprintf("a%d=:n", i))
		sum = append(sum, fmt.Sprintf("a%d=:n+:n", i))
	}
	if _, err := ParseUpdate("SET "+strings.Join(set, ","), numbers()); err != nil {
		t.Error(err)
	}
	if _, err := ParseUpdate("SET "+strings.Join(sum, ","), numbers()); err == nil || !strings.Contains(err.Error(), "operator count: 301") {
		t.Error(err)
	}
}

func TestReservedWords(t *testing.T) {
	if len(reservedWords) != 573 || !slices.IsSorted(reservedWords[:]) {
		t.Fatalf("%d words, sorted: %v", len(reservedWords), slices.IsSorted(reservedWords[:]))
	}
	for _, word := range reservedWords {
		if !isReserved(word) || !isReserved(strings.ToLower(word)) || isReserved(word+"X") {
			t.Error(word)
		}
		if len(word) > len("LOCALTIMESTAMP") {
			t.Error("longer than the longest:", word)
		}
	}
	for _, word := range []string{"", "a", "Status_", "REMOVE", "pk"} {
		if isReserved(word) {
			t.Error(word)
		}
	}
}
