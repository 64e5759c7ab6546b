package partiql

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/statordb/stator/internal/expression"
)

type exprKind byte

const (
	exprPath   exprKind = iota
	exprString          // text is the string
	exprNumber          // text is the number
	exprBool            // text is true or false
	exprNull
	exprMissing
	exprIon
	exprParameter // index says which
	exprList
	exprBag
	exprStruct   // args are the values, keys their keys
	exprOperator // text is the operator, as a condition has it, or IS
	exprCall     // text is the function, in lower case
)

// expr is a node of a parsed expression.
type expr struct {
	kind  exprKind
	tok   token // the first one of a term, or the operator
	text  string
	index int
	path  expression.Path
	// wildcard is the error of a * in the path, nil if there is none.
	wildcard error
	args     []*expr
	keys     []*expr
}

func operator(tok token, name string, args ...*expr) *expr {
	return &expr{kind: exprOperator, tok: tok, text: name, args: args}
}

// isOperator says whether e is this operator.
func (e *expr) isOperator(name string) bool { return e.kind == exprOperator && e.text == name }

// maxIndex is the largest index of a list.
const maxIndex = 1<<31 - 1

// expression reads an expression: what OR joins.
func (p *parser) expression() (*expr, error) { return p.binary(0) }

// levels are the operators, from those that bind least on; NOT is between the second and the third.
var levels = [...]func(t token) string{
	func(t token) string { return word(t, "or") },
	func(t token) string { return word(t, "and") },
	func(t token) string {
		if t.kind == tokenSymbol {
			switch t.text {
			case "=", "<>", "<", "<=", ">", ">=":
				return t.text
			case "!=":
				return "<>"
			}
		}
		return ""
	},
	func(t token) string { return symbol(t, "+", "-", "||") },
	func(t token) string { return symbol(t, "*", "/", "%") },
}

func word(t token, keyword string) string {
	if t.kind == tokenKeyword && t.text == keyword {
		return strings.ToUpper(keyword)
	}
	return ""
}

func symbol(t token, symbols ...string) string {
	if t.kind == tokenSymbol {
		for _, s := range symbols {
			if t.text == s {
				return s
			}
		}
	}
	return ""
}

const comparison = 2

// binary reads what the operators of a level, or of those that bind more, join.
func (p *parser) binary(level int) (*expr, error) {
	if level == len(levels) {
		return p.unary()
	}
	if level == comparison && p.tok.keyword("not") {
		tok := p.tok
		p.advance()
		e, err := p.binary(comparison)
		if err != nil {
			return nil, err
		}
		return operator(tok, "NOT", e), nil
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for {
		tok := p.tok
		if name := levels[level](tok); name != "" {
			p.advance()
			if p.tok.ends() {
				return nil, errMalformed
			}
			right, err := p.binary(level + 1)
			if err != nil {
				return nil, err
			}
			left = operator(tok, name, left, right)
			continue
		}
		if level != comparison {
			return left, nil
		}
		test, err := p.test(left)
		if err != nil || test == nil {
			return left, err
		}
		left = test
	}
}

// test reads the rest of a comparison that is written in words, nil if there is none.
func (p *parser) test(left *expr) (*expr, error) {
	tok, negated := p.tok, false
	if tok.keyword("not") {
		switch next := p.ahead(); {
		case next.keyword("in"), next.keyword("between"), next.keyword("like"):
			negated = true
			p.advance()
		default:
			return nil, nil
		}
	}
	var e *expr
	var err error
	switch word := p.tok; {
	case word.keyword("is"):
		p.advance()
		e, err = p.typeTest(tok, left)
	case word.keyword("in"):
		p.advance()
		e, err = p.in(word, left)
	case word.keyword("between"):
		p.advance()
		e, err = p.between(word, left)
	case word.keyword("like"):
		p.advance()
		var right *expr
		if right, err = p.operand(); err == nil {
			e = operator(word, "LIKE", left, right)
		}
	default:
		return nil, nil
	}
	if err == nil && negated {
		e = operator(tok, "NOT", e)
	}
	return e, err
}

// operand reads one side of a comparison.
func (p *parser) operand() (*expr, error) {
	if p.tok.ends() {
		return nil, errMalformed
	}
	return p.binary(comparison + 1)
}

func (p *parser) between(tok token, left *expr) (*expr, error) {
	low, err := p.operand()
	if err != nil {
		return nil, err
	}
	if !p.take("and") {
		return nil, errMalformed
	}
	high, err := p.operand()
	if err != nil {
		return nil, err
	}
	return operator(tok, "BETWEEN", left, low, high), nil
}

// in reads the list of an IN: in brackets, parentheses or a bag.
func (p *parser) in(tok token, left *expr) (*expr, error) {
	var list []*expr
	var err error
	switch {
	case p.tok.is("("):
		p.advance()
		if list, err = p.list(")"); err == nil && len(list) == 0 {
			err = errMalformed
		}
	default:
		var right *expr
		if right, err = p.operand(); err == nil {
			list = right.args
			if right.kind != exprList && right.kind != exprBag {
				list = nil
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return operator(tok, "IN", append([]*expr{left}, list...)...), nil
}

// typeTest reads the type of an IS.
func (p *parser) typeTest(tok token, left *expr) (*expr, error) {
	negated := p.take("not")
	if p.tok.kind != tokenName && p.tok.kind != tokenKeyword {
		return nil, errMalformed
	}
	name := strings.ToLower(p.tok.text)
	p.advance()
	kind, other := typeNames[name], otherTypes[name]
	switch {
	case name == "double" && p.take("precision"):
		other = "DOUBLE_PRECISION"
	case name == "character" && p.take("varying"):
		other = "CHARACTER_VARYING"
	case kind == "" && other == "":
		return nil, errMalformed
	}
	e := operator(tok, "IS", left)
	e.keys = []*expr{{kind: exprString, text: cmp.Or(other, kind)}}
	if negated {
		e = operator(tok, "NOT", e)
	}
	return e, nil
}

// unary reads a term with signs before it: only a number may have any.
func (p *parser) unary() (*expr, error) {
	negative, signs, first := false, 0, p.tok
	for p.tok.is("-") || p.tok.is("+") {
		if p.tok.is("-") {
			negative = !negative
		}
		signs++
		p.advance()
	}
	e, err := p.primary()
	if err != nil || signs == 0 {
		return e, err
	}
	if e.kind != exprNumber {
		return operator(first, first.text, e), nil
	}
	if negative {
		if text, ok := strings.CutPrefix(e.text, "-"); ok {
			e.text = text
		} else {
			e.text = "-" + e.text
		}
	}
	return e, nil
}

func (p *parser) primary() (*expr, error) {
	tok := p.tok
	e := &expr{tok: tok, text: tok.text}
	switch tok.kind {
	case tokenString:
		e.kind = exprString
	case tokenNumber:
		e.kind = exprNumber
	case tokenIon:
		e.kind = exprIon
	case tokenName, tokenQuotedName:
		p.advance()
		if tok.kind == tokenName && p.tok.is("(") {
			return p.call(tok)
		}
		return p.path(tok)
	case tokenKeyword:
		switch tok.text {
		case "true", "false":
			e.kind = exprBool
		case "null":
			e.kind = exprNull
		case "missing":
			e.kind = exprMissing
		default:
			if p.ahead().is("(") && !infix[tok.text] {
				p.advance()
				return p.call(tok)
			}
			return nil, errKeyword
		}
	case tokenSymbol:
		return p.symbol(tok)
	default:
		return nil, errMalformed
	}
	p.advance()
	return e, nil
}

// symbol reads a term that starts with one.
func (p *parser) symbol(tok token) (*expr, error) {
	e := &expr{tok: tok}
	var err error
	switch tok.text {
	case "?":
		e.kind, e.index = exprParameter, p.parameters
		p.parameters++
		p.advance()
	case "(":
		p.advance()
		list, err := p.list(")")
		switch {
		case err != nil:
			return nil, err
		case len(list) == 0:
			return nil, errMalformed
		case len(list) == 1:
			return list[0], nil
		}
		e.kind, e.args = exprList, list
	case "[":
		p.advance()
		e.kind = exprList
		e.args, err = p.list("]")
	case "<<":
		p.advance()
		e.kind = exprBag
		e.args, err = p.list(">>")
	case "{":
		p.advance()
		e.kind = exprStruct
		err = p.members(e)
	case ")", "]", "}", ">>", ",", ":", ";", ".":
		return nil, errMalformed
	default:
		return nil, errMalformed
	}
	return e, err
}

// list reads expressions with commas between them up to the symbol that closes.
func (p *parser) list(closing string) ([]*expr, error) {
	var list []*expr
	if p.takeSymbol(closing) {
		return list, nil
	}
	for {
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		list = append(list, e)
		if p.takeSymbol(closing) {
			return list, nil
		}
		if !p.takeSymbol(",") {
			return nil, errMalformed
		}
	}
}

// members reads the members of a struct.
func (p *parser) members(e *expr) error {
	for first := true; !p.takeSymbol("}"); first = false {
		if !first && !p.takeSymbol(",") {
			return errMalformed
		}
		key, err := p.expression()
		if err != nil {
			return err
		}
		if !p.takeSymbol(":") {
			return errMalformed
		}
		value, err := p.expression()
		if err != nil {
			return err
		}
		e.keys, e.args = append(e.keys, key), append(e.args, value)
	}
	return nil
}

// call reads the arguments of a function. EXISTS has a statement in it.
func (p *parser) call(tok token) (*expr, error) {
	e := &expr{kind: exprCall, tok: tok, text: strings.ToLower(tok.text)}
	p.advance()
	var err error
	if e.text == "count" && p.tok.is("*") {
		p.advance()
	}
	e.args, err = p.list(")")
	return e, err
}

// path reads the rest of a path that starts with a name.
func (p *parser) path(first token) (*expr, error) {
	p.checkName(first.text)
	e := &expr{kind: exprPath, tok: first, path: expression.Path{{Name: first.text}}}
	for {
		switch {
		case p.tok.is("."):
			p.advance()
			if p.tok.is("*") {
				e.wildcard = failAt("Unpivot path component like a.*.b are not supported", p.tok)
				p.advance()
				continue
			}
			if p.tok.kind != tokenName && p.tok.kind != tokenQuotedName {
				return nil, errBadDotComponent
			}
			p.checkName(p.tok.text)
			e.path = append(e.path, expression.Step{Name: p.tok.text})
			p.advance()
		case p.tok.is("["):
			p.advance()
			if p.tok.is("*") && p.ahead().is("]") {
				e.wildcard = failAt("Wildcard path component like a[*].b are not supported", p.tok)
				p.advance()
				p.advance()
				continue
			}
			step, err := p.indexStep()
			if err != nil {
				return nil, err
			}
			e.path = append(e.path, step)
		default:
			return e, nil
		}
	}
}

func (p *parser) checkName(name string) {
	if name == "" {
		p.refuse(fail("Path component cannot be an empty string"))
	}
}

// indexStep reads what is between brackets in a path: an index, or a name as a string.
func (p *parser) indexStep() (expression.Step, error) {
	var step expression.Step
	e, err := p.expression()
	if err != nil {
		return step, err
	}
	if !p.takeSymbol("]") {
		return step, errMalformed
	}
	switch {
	case e.kind == exprNumber && !strings.ContainsAny(e.text, ".eE"):
		i, err := strconv.ParseInt(e.text, 10, 64)
		if err != nil || i < 0 || i > maxIndex {
			p.refuse(failAt("List index is not within the allowable range; index: ["+e.text+"]", e.tok))
		}
		step.Index = int(i)
	case e.kind == exprString:
		p.checkName(e.text)
		step.Name = e.text
	default:
		p.refuse(failAt("Unexpected path component", e.tok))
	}
	return step, nil
}
