package partiql

import (
	"slices"
	"strings"
)

func (p *parser) selects() (*draft, error) {
	d := &draft{kind: Select}
	if p.take("value") {
		if _, err := p.expression(); err != nil {
			return nil, err
		}
		p.refuse(fail("Select projection doesn't support value or pivot keywords"))
	} else if err := p.columns(d); err != nil {
		return nil, err
	}
	if !p.take("from") {
		return nil, errMalformed
	}
	if err := p.from(d); err != nil {
		return nil, err
	}
	return d, p.clauses(d)
}

// columns reads what a Select projects.
func (p *parser) columns(d *draft) error {
	if p.take("distinct") {
		p.refuse(fail("Unsupported token in expression: DISTINCT"))
	} else {
		p.take("all")
	}
	for {
		if p.takeSymbol("*") {
			if d.star = true; p.tok.is(",") || len(d.columns) > 0 {
				return errMalformed
			}
		} else {
			start := p.pos
			e, err := p.expression()
			if err != nil {
				return err
			}
			if e.wildcard != nil && !allOf(p.tokens[start:p.pos]) {
				return errMalformed
			}
			d.columns = append(d.columns, e)
			if err := p.alias("as"); err != nil {
				return err
			}
		}
		if !p.takeSymbol(",") {
			return nil
		}
	}
}

// allOf says whether tokens are a name, or names with dots, and .* after that: the grammar has no other wildcard there.
func allOf(tokens []token) bool {
	return slices.IndexFunc(tokens, func(t token) bool { return t.is("*") || t.is("[") }) == len(tokens)-1
}

// alias reads another name, if one is there; word is what may stand before it.
func (p *parser) alias(word string) error {
	switch {
	case p.take(word):
		if p.tok.kind != tokenName && p.tok.kind != tokenQuotedName {
			return errMalformed
		}
	case word != "as" || p.tok.kind != tokenName && p.tok.kind != tokenQuotedName:
		return nil
	}
	p.advance()
	p.refuse(fail("Aliasing is not supported"))
	return nil
}

// aliases reads the other names of a table.
func (p *parser) aliases() error {
	for _, word := range []string{"as", "at", "by"} {
		if err := p.alias(word); err != nil {
			return err
		}
	}
	return nil
}

// joins are the words that may stand before JOIN.
var joins = []string{"cross", "inner", "left", "right", "full", "outer", "natural"}

// from reads what a Select reads from.
func (p *parser) from(d *draft) error {
	if p.tok.kind == tokenName || p.tok.kind == tokenQuotedName {
		if err := p.source(d); err != nil {
			return err
		}
		if p.tok.is("[") {
			return fail("Invalid list expression in source.")
		}
	} else {
		if err := p.otherSource(); err != nil {
			return err
		}
		p.refuse(fail("Unexpected from source"))
	}
	if err := p.aliases(); err != nil {
		return err
	}
	for p.takeSymbol(",") || p.join() {
		p.refuse(fail("Only select from a single table or index is supported."))
		if err := p.otherSource(); err != nil {
			return err
		}
		if err := p.aliases(); err != nil {
			return err
		}
		if p.take("on") {
			if _, err := p.expression(); err != nil {
				return err
			}
		}
	}
	return nil
}

// join takes JOIN, if it is there, and what stands before it.
func (p *parser) join() bool {
	for slices.ContainsFunc(joins, p.take) {
	}
	return p.take("join")
}

// otherSource reads what PartiQL may select from, and DynamoDB does not, or not besides a table.
func (p *parser) otherSource() error {
	if !p.tok.is("(") || !p.ahead().keyword("select") {
		_, err := p.primary()
		return err
	}
	p.advance()
	p.advance()
	if _, err := p.selects(); err != nil {
		return err
	}
	if !p.takeSymbol(")") {
		return errMalformed
	}
	return nil
}

// clauses reads what follows the FROM of a Select.
func (p *parser) clauses(d *draft) error {
	if err := p.whereClause(d); err != nil {
		return err
	}
	if p.take("group") {
		if !p.take("by") {
			return errMalformed
		}
		p.refuse(fail("Unsupported clause: GROUP BY"))
		for again := true; again; again = p.takeSymbol(",") {
			if _, err := p.expression(); err != nil {
				return err
			}
			if err := p.alias("as"); err != nil {
				return err
			}
		}
	}
	if err := p.otherClause("having"); err != nil {
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
	return p.otherClause("limit")
}

// otherClause reads a clause with an expression that DynamoDB does not have.
func (p *parser) otherClause(word string) error {
	if !p.take(word) {
		return nil
	}
	e, err := p.expression()
	if err == nil {
		p.refuse(failAt("Unsupported clause: "+strings.ToUpper(word), e.tok))
	}
	return err
}
