// Package partiql is PartiQL, the SQL-compatible language of DynamoDB: it reads a statement and its parameters, checks them,
// and makes of them what the API operations work with: conditions, updates and projections of package expression, items
// and keys of package attribute, and, once the statement meets the key of a table or an index, a plan of what to read.
//
// It exists so that a statement does exactly what the operation does that says the same. It is pure and imports attribute
// and expression only.
//
// Its main rule is the order in which mistakes are found: the whole text is read first (Parse), with nothing known of any
// table, and an error then says that the statement is not well formed; next comes what the words mean; last, with the key of
// the table, whether the statement reads or writes what it may. The wording is that of DynamoDB Local, and of the
// developer guide: "PartiQL - A SQL-compatible query language for Amazon DynamoDB".
package partiql

import (
	"strconv"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/expression"
)

// Error is a mistake in a statement. Its message is the public one: every error of this package is an Error, and is
// answered as ValidationException.
type Error = attribute.Error

func fail(message string) error { return &Error{Message: message} }

// NotWellFormed starts the message of a text that no statement could be. The statement follows, or what is wrong with it.
const NotWellFormed = "Statement wasn't well formed, can't be processed: "

// The texts that are no statements. Parse answers errMalformed with the statement in the message.
var (
	errMalformed       = fail(NotWellFormed)
	errNoManipulation  = fail(NotWellFormed + "Expected data manipulation")
	errKeyword         = fail(NotWellFormed + "Unexpected keyword")
	errBadDotComponent = fail(NotWellFormed + "Invalid path dot component")
)

// failAt is an error that shows the place in the text, if there is one: line, column and length of a token, in characters.
func failAt(message string, t token) error {
	if t.kind == tokenEnd {
		return fail(message)
	}
	return fail(message + " at " + strconv.Itoa(t.line) + ":" + strconv.Itoa(t.column) + ":" + strconv.Itoa(t.length))
}

// Kind is what a statement does.
type Kind byte

// The kinds of statements. Exists is a condition on an item in a transaction.
const (
	Select Kind = iota
	Insert
	Update
	Delete
	Exists
)

// Writes says whether the statement belongs to a transaction or a batch of writes.
func (k Kind) Writes() bool { return k != Select }

// Returning is what a RETURNING clause asks for.
type Returning byte

// What may be asked for.
const (
	ReturnNothing Returning = iota
	ReturnAllOld
	ReturnModifiedOld
	ReturnAllNew
	ReturnModifiedNew
)

var returningNames = [...]string{ReturnAllOld: "ALL OLD", ReturnModifiedOld: "MODIFIED OLD", ReturnAllNew: "ALL NEW",
	ReturnModifiedNew: "MODIFIED NEW"}

// Statement is one statement with its parameters in it.
type Statement struct {
	Kind  Kind
	Table string // a name, or what may be an ARN
	Index string // of a Select; "" is the table itself

	// Columns are what a Select or an Exists projects, nil for everything.
	Columns []Column
	// Filter is the whole WHERE clause, nil if there is none.
	Filter *expression.Condition
	// Item is what an Insert inserts.
	Item attribute.Value
	// Update is what an Update changes.
	Update *expression.Update
	// Returning is what an Update or a Delete answers.
	Returning Returning

	where *expr // the WHERE clause, nil if there is none
	order []orderTerm
	terms *translator
}

// Column is a projected path, and the name that its value has in the answer: the last name in the path, with the indexes
// that follow it.
type Column struct {
	Name string
	Path expression.Path
}

// Projected is an item as the columns show it.
func (s *Statement) Projected(item attribute.Value) attribute.Value {
	if s.Columns == nil || item == nil {
		return item
	}
	var b attribute.MapBuilder
	for _, c := range s.Columns {
		if v := c.Path.Find(item); v != nil {
			b.Add(c.Name, v)
		}
	}
	return b.Value()
}

// Attributes returns the names of the attributes that the columns show, each once.
func (s *Statement) Attributes() []string {
	var names []string
	seen := map[string]bool{}
	for _, c := range s.Columns {
		if name := c.Path[0].Name; !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

type orderTerm struct {
	path       expression.Path
	descending bool
}
