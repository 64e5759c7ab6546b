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
		return nil, errLeftover
	}
	if p.parameters != len(parameters) {
		return nil, fail("Number of parameters in request and statement don't match.")
	}
	return d.mean(parameters)
}

var errLeftover = malformed("Unexpected token after expression")

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
	conflict  bool  // ON CONFLICT DO NOTHING
	actions   []draftAction
	returning Returning
	other     token // the first token of a clause that DynamoDB does not have
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
	case p.take("insert"):
		return p.insert()
	case p.take("update"):
		return p.update()
	case p.take("delete"):
		return p.deletes()
	case p.take("from"):
		return p.fromFirst()
	case p.tok.keyword("exists") && p.ahead().is("("):
		return p.exists()
	}
	return nil, malformed("Expected data manipulation")
}

// exists reads EXISTS(SELECT …).
func (p *parser) exists() (*draft, error) {
	p.advance()
	p.advance()
	if !p.take("select") {
		return nil, malformed("Expected data manipulation")
	}
	d, err := p.selects()
	if err != nil {
		return nil, err
	}
	if !p.takeSymbol(")") {
		return nil, malformed("Expected RIGHT_PAREN")
	}
	d.kind = Exists
	return d, nil
}

func (p *parser) selects() (*draft, error) {
	d := &draft{kind: Select}
	switch {
	case p.tok.keyword("value"), p.tok.keyword("pivot"):
		return nil, fail("Select projection doesn't support value or pivot keywords")
	case p.tok.keyword("distinct"):
		d.other = p.tok
		p.advance()
	case p.tok.keyword("all"):
		p.advance()
	}
	for {
		if p.tok.is("*") {
			d.star = true
			p.advance()
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
		return nil, malformed("Expected FROM")
	}
	if err := p.from(d); err != nil {
		return nil, err
	}
	return d, p.clauses(d)
}

var errAlias = fail("Aliasing is not supported")

// from reads what a Select reads from.
func (p *parser) from(d *draft) error {
	switch {
	case p.tok.is("["), p.tok.is("<<"):
		return fail("Invalid list expression in source.")
	case p.tok.kind != tokenName && p.tok.kind != tokenQuotedName:
		if _, err := p.primary(); err != nil {
			return err
		}
		return fail("Unexpected from source")
	}
	if err := p.source(d); err != nil {
		return err
	}
	if p.tok.is("-") { // a name with a hyphen, without quotes
		return fail("Unexpected from source")
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
				return malformed("Expected identifier for simple path")
			}
			return malformed("Invalid path dot component")
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
	if p.tok.keyword("group") || p.tok.keyword("having") {
		d.other = p.tok
		for !p.tok.ends() && !p.tok.keyword("order") && !p.tok.keyword("limit") {
			p.advance()
		}
	}
	if p.take("order") {
		if !p.take("by") {
			return malformed("Expected BY")
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
	if p.tok.keyword("limit") {
		d.other = p.tok
		p.advance()
		_, err := p.expression()
		return err
	}
	return nil
}

func (p *parser) whereClause(d *draft) error {
	if !p.take("where") {
		return nil
	}
	var err error
	d.where, err = p.expression()
	return err
}

func (p *parser) insert() (*draft, error) {
	if !p.take("into") {
		return nil, malformed("Expected INTO")
	}
	d := &draft{kind: Insert}
	if err := p.source(d); err != nil {
		return nil, err
	}
	d.many = !p.take("value")
	if p.tok.keyword("values") || p.tok.keyword("select") {
		return nil, errInsertMany
	}
	var err error
	if d.item, err = p.expression(); err != nil {
		return nil, err
	}
	if p.tok.keyword("at") {
		return nil, fail("AT is not supported in insert statements.")
	}
	if p.take("on") {
		if err := p.onConflict(d); err != nil {
			return nil, err
		}
	}
	if p.tok.keyword("returning") {
		return nil, fail("RETURNING is not supported in INSERT")
	}
	return d, nil
}

var errInsertMany = fail(`Unsupported operation: Inserting multiple items in a single statement is not supported, use "INSERT INTO tableName VALUE item" instead`)

// onConflict reads ON CONFLICT DO NOTHING.
func (p *parser) onConflict(d *draft) error {
	if !p.take("conflict") {
		return malformed("Expected CONFLICT")
	}
	if p.tok.keyword("where") {
		return failAt("Unsupported clause: WHERE", p.tok)
	}
	if !p.take("do") {
		return malformed("Expected DO")
	}
	if !p.take("nothing") {
		return fail(`Invalid conflict action. Only "DO NOTHING" action is supported.`)
	}
	d.conflict = true
	return nil
}

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
		return nil, malformed("Expected data manipulation")
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
		return nil, malformed("Expected data manipulation")
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
		return nil, malformed("Expected identifier for simple path")
	}
	p.advance()
	return p.path(tok)
}

func (p *parser) set() (draftAction, error) {
	path, err := p.target()
	if err != nil {
		return draftAction{}, err
	}
	if !p.takeSymbol("=") {
		return draftAction{}, malformed("Expected EQ")
	}
	if p.tok.ends() {
		return draftAction{}, malformed("Unexpected term")
	}
	value, err := p.expression()
	return draftAction{path: path, value: value}, err
}

func (p *parser) deletes() (*draft, error) {
	if !p.take("from") {
		return nil, malformed("Expected FROM")
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
		return malformed("Expected ALL or MODIFIED in a returning clause.")
	}
	which += " " + strings.ToUpper(p.tok.text)
	if !p.take("old") && !p.take("new") {
		return malformed("Expected OLD or NEW in a returning clause.")
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
