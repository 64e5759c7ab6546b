package partiql

import (
	"slices"
	"strings"

	"github.com/statordb/stator/internal/attribute"
)

// parser reads one statement, by recursive descent. Its recursion is bounded by the size of the text.
type parser struct {
	tokens     []token
	pos        int
	tok        token
	parameters int // question marks so far
	// refused is the first thing that is well formed and that DynamoDB does not have.
	refused error
}

// refuse keeps the first error of what is well formed: the rest of the text may still be none.
func (p *parser) refuse(err error) {
	if p.refused == nil {
		p.refused = err
	}
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
	if p.refused != nil {
		return nil, p.refused
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

// source reads the path of a table or an index.
func (p *parser) source(d *draft) error {
	for {
		if p.tok.kind != tokenName && p.tok.kind != tokenQuotedName {
			if len(d.source) == 0 {
				return errMalformed
			}
			return errBadDotComponent
		}
		p.checkName(p.tok.text)
		d.source = append(d.source, p.tok)
		p.advance()
		if !p.takeSymbol(".") {
			return nil
		}
	}
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
	var err error
	if p.take("values") {
		if !p.tok.is("(") {
			return nil, errMalformed
		}
		p.refuse(errInsertMany)
	} else {
		d.many = !p.take("value")
	}
	if d.many && p.take("select") {
		p.refuse(errInsertMany)
		return p.selects()
	}
	if d.item, err = p.expression(); err != nil {
		return nil, err
	}
	if p.take("at") {
		if _, err := p.expression(); err != nil {
			return nil, err
		}
		p.refuse(failAt("AT is not supported in insert statements.", tok))
	}
	if p.take("on") {
		if err := p.conflict(); err != nil {
			return nil, err
		}
	}
	if p.tok.keyword("returning") {
		p.refuse(fail("RETURNING is not supported in INSERT"))
	}
	return d, p.returns(d)
}

// conflict reads the rest of ON CONFLICT.
func (p *parser) conflict() error {
	p.refuse(fail("Unsupported clause: ON CONFLICT"))
	if !p.take("conflict") || !p.take("where") {
		return errMalformed
	}
	if _, err := p.expression(); err != nil {
		return err
	}
	if !p.take("do") || !p.take("nothing") {
		return errMalformed
	}
	return nil
}

var errInsertMany = fail("Unsupported operation: InsertOp")

func (p *parser) update() (*draft, error) {
	d := &draft{kind: Update}
	if err := p.source(d); err != nil {
		return nil, err
	}
	if err := p.aliases(); err != nil {
		return nil, err
	}
	if err := p.actions(d); err != nil {
		return nil, err
	}
	if len(d.actions) == 0 {
		return nil, errMalformed
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
	if err := p.aliases(); err != nil {
		return nil, err
	}
	if err := p.whereClause(d); err != nil {
		return nil, err
	}
	if err := p.actions(d); err != nil {
		return nil, err
	}
	if len(d.actions) == 0 {
		return nil, errMalformed
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
	if err := p.aliases(); err != nil {
		return nil, err
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
	for again := false; ; again = true {
		which := strings.ToUpper(p.tok.text)
		if !p.take("all") && !p.take("modified") {
			return errMalformed
		}
		which += " " + strings.ToUpper(p.tok.text)
		if !p.take("old") && !p.take("new") {
			return errMalformed
		}
		if !p.takeSymbol("*") {
			if _, err := p.expression(); err != nil {
				return err
			}
			p.refuse(fail("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause"))
		}
		if again {
			p.refuse(fail("Invalid syntax with multiple returning elements in RETURNING clause"))
		}
		d.returning = Returning(slices.Index(returningNames[:], which))
		if !p.takeSymbol(",") {
			return nil
		}
	}
}
