package expression

import "strconv"

// parser reads the text of one expression, by recursive descent with one token of look-ahead. It checks the
// grammar alone: what the text means is checked when all of it has been read.
//
// The recursion is bounded by the size of the text, which is checked first.
type parser struct {
	arena
	param, text string
	before, tok token
	redundant   bool // there are parentheses around parentheses
	undecided   bool // what starts here may be an operand or all of a condition
}

// indexTooLarge is the Index of a step whose number, in Name, is too large for an index.
const indexTooLarge = -1

func newParser(param, text string) (*parser, error) {
	if text == "" {
		return nil, fail(param, "The expression can not be empty;")
	}
	if size := utf16Length(text); size > maxSize {
		message := "Expression size has exceeded the maximum allowed size;"
		if param != updateParam && param != projectionParam {
			message += " expression size: " + strconv.Itoa(size)
		}
		return nil, fail(param, message)
	}
	p := &parser{param: param, text: text}
	p.tok = scan(text, 0)
	return p, nil
}

func (p *parser) next() {
	p.before = p.tok
	p.tok = scan(p.text, p.tok.end)
}

func (p *parser) take(kind tokenKind) bool {
	if p.tok.kind != kind {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(kind tokenKind) error {
	if !p.take(kind) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) unexpected() error { return syntaxError(p.param, p.text, p.before, p.tok) }

// finish checks that all was read.
func (p *parser) finish() error {
	if p.tok.kind != tokenEnd {
		return p.unexpected()
	}
	return nil
}

func (p *parser) word() string { return p.text[p.tok.start:p.tok.end] }

// name reads the first step of a path.
func (p *parser) name() (string, error) {
	if p.tok.kind != tokenName && p.tok.kind != tokenAlias {
		return "", p.unexpected()
	}
	word := p.word()
	p.next()
	return word, nil
}

func (p *parser) path() (Path, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	return p.pathFrom(name)
}

// pathFrom reads the rest of the path that starts with name.
func (p *parser) pathFrom(name string) (Path, error) {
	if p.steps == nil {
		p.steps = make([]Step, 0, 8)
	}
	start := len(p.steps)
	p.steps = append(p.steps, Step{Name: name})
	for {
		switch {
		case p.take(tokenDot):
			if p.tok.kind == tokenValue { // AWS's grammar has it, but no such name is ever defined
				p.tok.kind = tokenAlias
			}
			name, err := p.name()
			if err != nil {
				return nil, err
			}
			p.steps = append(p.steps, Step{Name: name})
		case p.take(tokenOpenIndex):
			if p.tok.kind != tokenInteger {
				return nil, p.unexpected()
			}
			step := Step{}
			if i, err := strconv.ParseInt(p.word(), 10, 64); err == nil && i <= maxIndex {
				step.Index = int(i)
			} else {
				step = Step{p.word(), indexTooLarge}
			}
			p.steps = append(p.steps, step)
			p.next()
			if err := p.expect(tokenCloseIndex); err != nil {
				return nil, err
			}
		default:
			return Path(p.steps[start:len(p.steps):len(p.steps)]), nil
		}
	}
}

// operand reads a path, a value or a call, in parentheses or not.
func (p *parser) operand() (*node, error) {
	switch p.tok.kind {
	case tokenOpen:
		p.next()
		n, err := p.operand()
		if err != nil {
			return nil, err
		}
		if err := p.closeParen(n); err != nil {
			return nil, err
		}
		return n, p.checkParens()
	case tokenValue:
		n := p.arena.node(node{op: opValue, text: p.word()})
		p.next()
		return n, nil
	case tokenName:
		name := p.word()
		p.next()
		if p.tok.kind == tokenOpen {
			return p.call(name)
		}
		path, err := p.pathFrom(name)
		if err != nil {
			return nil, err
		}
		return p.arena.node(node{op: opPath, path: path}), nil
	}
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	return p.arena.node(node{op: opPath, path: path}), nil
}

// closeParen reads the parenthesis that closes around n.
func (p *parser) closeParen(n *node) error {
	p.redundant = p.redundant || n.paren
	n.paren = true
	return p.expect(tokenClose)
}

// checkParens is called once it is sure what the last parentheses were around: redundant ones come before any
// mistake of syntax that is further on.
func (p *parser) checkParens() error {
	if p.redundant && !p.undecided {
		return fail(p.param, "The expression has redundant parentheses;")
	}
	return nil
}

func (p *parser) call(name string) (*node, error) {
	args, err := p.operands()
	if err != nil {
		return nil, err
	}
	n := node{op: functionNamed(name), args: args}
	if n.op == opUnknown {
		n.text = name
	}
	return p.arena.node(n), nil
}

// operands reads one or more operands in parentheses.
func (p *parser) operands() ([]*node, error) {
	if err := p.expect(tokenOpen); err != nil {
		return nil, err
	}
	var buf [4]*node
	args := buf[:0]
	for {
		n, err := p.operand()
		if err != nil {
			return nil, err
		}
		args = append(args, n)
		if !p.take(tokenComma) {
			return p.list(args...), p.expect(tokenClose)
		}
	}
}

// or reads a condition. A parenthesis may turn out to be around a condition or around an operand of one: with
// operandToo, or may return an operand, if a parenthesis closes after it. OR and AND group to the right: it makes no
// difference to the result, but to which of several mistakes comes first.
func (p *parser) or(operandToo bool) (*node, error) {
	left, err := p.and(operandToo)
	if err != nil || !p.take(tokenOr) {
		return left, err
	}
	right, err := p.or(false)
	if err != nil {
		return nil, err
	}
	return p.arena.node(node{op: opOr, args: p.list(left, right)}), nil
}

func (p *parser) and(operandToo bool) (*node, error) {
	left, err := p.not(operandToo)
	if err != nil || !p.take(tokenAnd) {
		return left, err
	}
	right, err := p.and(false)
	if err != nil {
		return nil, err
	}
	return p.arena.node(node{op: opAnd, args: p.list(left, right)}), nil
}

func (p *parser) not(operandToo bool) (*node, error) {
	if p.take(tokenNot) {
		n, err := p.not(false)
		if err != nil {
			return nil, err
		}
		return p.arena.node(node{op: opNot, args: p.list(n)}), nil
	}
	return p.test(operandToo)
}

// test reads a comparison, BETWEEN, IN, a call, or a condition in parentheses.
func (p *parser) test(operandToo bool) (*node, error) {
	var left *node
	var err error
	if p.take(tokenOpen) {
		if left, err = p.or(true); err == nil {
			err = p.closeParen(left)
		}
		if err == nil && left.op.isCondition() && !left.op.isFunction() {
			return left, p.checkParens()
		}
	} else {
		p.undecided = true
		left, err = p.operand()
		p.undecided = false
	}
	if err != nil {
		return nil, err
	}
	isCall := left.op.isFunction() || left.op == opUnknown
	isOperand := tokenEqual <= p.tok.kind && p.tok.kind <= tokenGreaterEqual || p.tok.kind == tokenBetween || p.tok.kind == tokenIn
	if isOperand || isCall && (!operandToo || p.tok.kind == tokenAnd || p.tok.kind == tokenOr) {
		if err := p.checkParens(); err != nil {
			return nil, err
		}
	}
	switch kind := p.tok.kind; {
	case tokenEqual <= kind && kind <= tokenGreaterEqual:
		p.next()
		right, err := p.operand()
		if err != nil {
			return nil, err
		}
		return p.arena.node(node{op: opEqual + op(kind-tokenEqual), args: p.list(left, right)}), nil
	case kind == tokenBetween:
		return p.between(left)
	case kind == tokenIn:
		p.next()
		list, err := p.operands()
		if err != nil {
			return nil, err
		}
		return p.arena.node(node{op: opIn, args: append(p.list(left), list...)}), nil
	case isCall, operandToo && kind == tokenClose:
		return left, nil
	}
	return nil, p.unexpected()
}

func (p *parser) between(left *node) (*node, error) {
	p.next()
	low, err := p.operand()
	if err != nil {
		return nil, err
	}
	if err := p.expect(tokenAnd); err != nil {
		return nil, err
	}
	high, err := p.operand()
	if err != nil {
		return nil, err
	}
	return p.arena.node(node{op: opBetween, args: p.list(left, low, high)}), nil
}
