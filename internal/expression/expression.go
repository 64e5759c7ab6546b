// Package expression is DynamoDB's expressions: condition, filter, key condition, projection and update. It parses
// and checks their text, and evaluates them on items in storage form.
//
// It exists so that an expression means one thing in every operation that takes one, and so that what AWS answers
// to a wrong one is written in one place. It is pure and imports only the attribute package.
//
// Its main rule is the order in which mistakes are found, which decides what a client is told when there are
// several. It is AWS's: the size of the text; its syntax and redundant parentheses, to the end; then, from left to
// right, the literal names and the functions; a second section of one name; and last, operand by operand, the
// placeholders and the types. Of an update or a projection this last step goes through the paths first, then through
// the values, each from the end of the expression to its start.
//
// Legacy parameters (Expected, QueryFilter, AttributeUpdates, …) become the same values, without text: see
// LegacyCondition and LegacyUpdate.
package expression

import (
	"strconv"

	"github.com/statordb/stator/internal/attribute"
)

// Error is a mistake in a request. Its message is the public one: every error of this package is an Error, and
// is answered as ValidationException.
type Error = attribute.Error

// AWS's limits. See the developer guide, "Quotas", "Expression parameters".
const (
	maxSize      = 4096
	maxOperators = 300
	maxIn        = 100
	maxDepth     = 32
	maxIndex     = 1<<31 - 1
)

// fail returns the error of an expression; the parameter's name is a part of the message. What was built term by term
// belongs to no parameter.
func fail(param, message string) error {
	if param == "" {
		return &Error{Message: message}
	}
	return &Error{Message: "Invalid " + param + ": " + message}
}

func tooManyOperators(param string) error {
	return fail(param, "The expression contains too many operators; operator count: "+strconv.Itoa(maxOperators+1))
}
