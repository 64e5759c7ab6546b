package partiql

import (
	"strings"

	"github.com/statordb/stator/internal/attribute"
)

// parser reads one statement, by recursive descent. Its recursion is bounded by the size of the text.
type parser struct {
	tokens     []token
	pos        int
	tok        token
	parameters int // question marks so far
}

// Parse reads a statement and puts the parameters where its question marks are.
func Parse(text string, parameters []attribute.Value) (*Statement, error) {
	s, err := parse(text, parameters)
	if err == errMalformed {
		err = fail(NotWellFormed + text)
	}
	return s, err
}

func parse(text string, parameters []attribute.Value) (*Statement, error) {
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, tok: tokens[0]}
	d, err := p.statement()
	if err != nil {
		return nil, err
	}
	p.takeSymbol(";")
	if p.tok.kind != tokenEnd {
		return nil, errMalformed
	}
	if p.parameters != len(parameters) {
		return nil, fail("Number of parameters in request and statement don't match.")
	}
	return d.mean(parameters)
}

// draft is a statement as it is written.
type draft struct {
	kind      Kind
	source    []token // the path after FROM, INTO or UPDATE
	columns   []*expr
	star      bool
	where     *expr
	order     []draftOrder
	item      *expr // of an Insert
	many      bool  // it is no VALUE
	actions   []draftAction
	returning Returning
	other     error // of a clause that DynamoDB does not have
}

type draftOrder struct {
	by         *expr
	descending bool
}

type draftAction struct {
	remove bool
	path   *expr
	value  *expr
}

func (p *parser) advance() {
	if p.pos < len(p.tokens)-1 {
		p.pos++
	}
	p.tok = p.tokens[p.pos]
}

// ahead is the token after this one.
func (p *parser) ahead() token { return p.tokens[min(p.pos+1, len(p.tokens)-1)] }

func (p *parser) take(word string) bool {
	if !p.tok.keyword(word) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) takeSymbol(s string) bool {
	if !p.tok.is(s) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) statement() (*draft, error) {
	switch {
	case p.take("select"):
		return p.selects()
	case p.tok.keyword("insert"):
		tok := p.tok
		p.advance()
		return p.insert(tok)
	case p.take("update"):
		return p.update()
	case p.take("delete"):
		return p.deletes()
	case p.take("from"):
		return p.fromFirst()
	case p.tok.keyword("exists") && p.ahead().is("("):
		return p.exists()
	}
	return nil, errNoManipulation
}

// exists reads EXISTS(SELECT …).
func (p *parser) exists() (*draft, error) {
	p.advance()
	p.advance()
	if !p.take("select") {
		return nil, errNoManipulation
	}
	d, err := p.selects()
	if err != nil {
		return nil, err
	}
	if !p.takeSymbol(")") {
		return nil, errMalformed
	}
	d.kind = Exists
	return d, nil
}

func (p *parser) selects() (*draft, error) {
	d := &draft{kind: Select}
	switch {
	case p.tok.keyword("value"):
		return nil, fail("Select projection doesn't support value or pivot keywords")
	case p.take("distinct"):
		d.other = fail("Unsupported token in expression: DISTINCT")
	case p.tok.keyword("all"):
		p.advance()
	}
	for {
		if p.takeSymbol("*") {
			if d.star = true; p.tok.is(",") || len(d.columns) > 0 {
				return nil, errMalformed
			}
		} else {
			e, err := p.expression()
			if err != nil {
				return nil, err
			}
			d.columns = append(d.columns, e)
			if p.tok.keyword("as") || p.tok.kind == tokenName || p.tok.kind == tokenQuotedName {
				return nil, errAlias
			}
		}
		if !p.takeSymbol(",") {
			break
		}
	}
	if !p.take("from") {
		return nil, errMalformed
	}
	if err := p.from(d); err != nil {
		return nil, err
	}
	return d, p.clauses(d)
}

var (
	errAlias  = fail("Aliasing is not supported")
	errSource = fail("Unexpected from source")
)

// from reads what a Select reads from.
func (p *parser) from(d *draft) error {
	switch {
	case p.tok.is("(") && p.ahead().keyword("select"):
		return errSource
	case p.tok.kind != tokenName && p.tok.kind != tokenQuotedName:
		if _, err := p.primary(); err != nil {
			return err
		}
		return errSource
	}
	if err := p.source(d); err != nil {
		return err
	}
	if p.tok.is("[") {
		return fail("Invalid list expression in source.")
	}
	switch word := p.tok; {
	case p.alias():
		return errAlias
	case word.is(","), word.keyword("join"), word.keyword("cross"), word.keyword("inner"), word.keyword("left"),
		word.keyword("right"), word.keyword("full"), word.keyword("natural"):
		return fail("Only select from a single table or index is supported.")
	}
	return nil
}

// alias says whether a table's alias is next. What follows a table in a statement is a keyword, or is REMOVE or LIMIT's like.
func (p *parser) alias() bool {
	return p.tok.keyword("as") || p.tok.keyword("at") || p.tok.keyword("by") || p.tok.kind == tokenName || p.tok.kind == tokenQuotedName
}

// source reads the path of a table or an index.
func (p *parser) source(d *draft) error {
	for {
		if p.tok.kind != tokenName && p.tok.kind != tokenQuotedName {
			if len(d.source) == 0 {
				return errMalformed
			}
			return errBadDotComponent
		}
		if p.tok.text == "" {
			return fail("Path component cannot be an empty string")
		}
		d.source = append(d.source, p.tok)
		p.advance()
		if !p.takeSymbol(".") {
			return nil
		}
	}
}

// clauses reads what follows the FROM of a Select.
func (p *parser) clauses(d *draft) error {
	if err := p.whereClause(d); err != nil {
		return err
	}
	if p.take("group") {
		d.refuse(fail("Unsupported clause: GROUP BY"))
		for !p.tok.ends() && !p.tok.keyword("having") && !p.tok.keyword("order") && !p.tok.keyword("limit") {
			p.advance()
		}
	}
	if err := p.otherClause(d, "having"); err != nil {
		return err
	}
	if p.take("order") {
		if !p.take("by") {
			return errMalformed
		}
		for {
			e, err := p.expression()
			if err != nil {
				return err
			}
			o := draftOrder{by: e}
			if !p.take("asc") {
				o.descending = p.take("desc")
			}
			d.order = append(d.order, o)
			if !p.takeSymbol(",") {
				break
			}
		}
	}
	return p.otherClause(d, "limit")
}

// refuse keeps the first error of a clause that DynamoDB does not have.
func (d *draft) refuse(err error) {
	if d.other == nil {
		d.other = err
	}
}

// otherClause reads a clause with an expression that DynamoDB does not have.
func (p *parser) otherClause(d *draft, word string) error {
	if !p.take(word) {
		return nil
	}
	e, err := p.expression()
	if err == nil {
		d.refuse(failAt("Unsupported clause: "+strings.ToUpper(word), e.tok))
	}
	return err
}

func (p *parser) whereClause(d *draft) error {
	if !p.take("where") {
		return nil
	}
	var err error
	d.where, err = p.expression()
	return err
}

func (p *parser) insert(tok token) (*draft, error) {
	if !p.take("into") {
		return nil, errMalformed
	}
	d := &draft{kind: Insert}
	if err := p.source(d); err != nil {
		return nil, err
	}
	if p.take("values") {
		if !p.tok.is("(") {
			return nil, errMalformed
		}
		return nil, errInsertMany
	}
	if d.many = !p.take("value"); d.many && p.tok.keyword("select") {
		return nil, errInsertMany
	}
	var err error
	if d.item, err = p.expression(); err != nil {
		return nil, err
	}
	if p.tok.keyword("at") {
		return nil, failAt("AT is not supported in insert statements.", tok)
	}
	if p.tok.keyword("on") && p.ahead().keyword("conflict") {
		return nil, fail("Unsupported clause: ON CONFLICT")
	}
	if p.tok.keyword("returning") {
		return nil, fail("RETURNING is not supported in INSERT")
	}
	return d, nil
}

var errInsertMany = fail("Unsupported operation: InsertOp")

func (p *parser) update() (*draft, error) {
	d := &draft{kind: Update}
	if err := p.source(d); err != nil {
		return nil, err
	}
	if !p.tok.keyword("set") && !p.tok.keyword("remove") && p.alias() {
		return nil, errAlias
	}
	if err := p.actions(d); err != nil {
		return nil, err
	}
	if len(d.actions) == 0 {
		return nil, errNoManipulation
	}
	if err := p.whereClause(d); err != nil {
		return nil, err
	}
	return d, p.returns(d)
}

// fromFirst reads FROM table WHERE … SET …, which is an Update as well.
func (p *parser) fromFirst() (*draft, error) {
	d := &draft{kind: Update}
	if err := p.source(d); err != nil {
		return nil, err
	}
	if !p.tok.keyword("where") && !p.tok.keyword("remove") && p.alias() {
		return nil, errAlias
	}
	if err := p.whereClause(d); err != nil {
		return nil, err
	}
	if err := p.actions(d); err != nil {
		return nil, err
	}
	if len(d.actions) == 0 {
		return nil, errNoManipulation
	}
	return d, p.returns(d)
}

// actions reads SET and REMOVE clauses.
func (p *parser) actions(d *draft) error {
	for {
		switch {
		case p.take("set"):
			for {
				a, err := p.set()
				if err != nil {
					return err
				}
				d.actions = append(d.actions, a)
				if !p.takeSymbol(",") {
					break
				}
			}
		case p.take("remove"):
			path, err := p.target()
			if err != nil {
				return err
			}
			d.actions = append(d.actions, draftAction{remove: true, path: path})
		default:
			return nil
		}
	}
}

func (p *parser) target() (*expr, error) {
	tok := p.tok
	if tok.kind != tokenName && tok.kind != tokenQuotedName {
		return nil, errMalformed
	}
	p.advance()
	e, err := p.path(tok)
	if err == nil && e.wildcard != nil {
		err = errMalformed
	}
	return e, err
}

func (p *parser) set() (draftAction, error) {
	path, err := p.target()
	if err != nil {
		return draftAction{}, err
	}
	if !p.takeSymbol("=") {
		return draftAction{}, errMalformed
	}
	if p.tok.ends() {
		return draftAction{}, errMalformed
	}
	value, err := p.expression()
	return draftAction{path: path, value: value}, err
}

func (p *parser) deletes() (*draft, error) {
	if !p.take("from") {
		return nil, errMalformed
	}
	d := &draft{kind: Delete}
	if err := p.source(d); err != nil {
		return nil, err
	}
	if p.alias() && !p.tok.keyword("returning") {
		return nil, errAlias
	}
	if err := p.whereClause(d); err != nil {
		return nil, err
	}
	return d, p.returns(d)
}

// returns reads a RETURNING clause.
func (p *parser) returns(d *draft) error {
	if !p.take("returning") {
		return nil
	}
	which := strings.ToUpper(p.tok.text)
	if !p.take("all") && !p.take("modified") {
		return errMalformed
	}
	which += " " + strings.ToUpper(p.tok.text)
	if !p.take("old") && !p.take("new") {
		return errMalformed
	}
	if p.tok.ends() {
		return errMalformed
	}
	if !p.takeSymbol("*") {
		return fail("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")
	}
	if p.tok.is(",") {
		return fail("Invalid syntax with multiple returning elements in RETURNING clause")
	}
	for r, name := range returningNames {
		if name == which && name != "" {
			d.returning = Returning(r)
		}
	}
	return nil
}
