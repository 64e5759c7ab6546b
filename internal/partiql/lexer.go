package partiql

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind byte

const (
	tokenEnd        tokenKind = iota
	tokenName                 // a name without quotes
	tokenQuotedName           // "name"
	tokenKeyword
	tokenString // 'text'
	tokenNumber
	tokenIon    // `literal`
	tokenSymbol // everything else
)

// token is a piece of the text. Of a name or a string, text is without its quotes; of a keyword, it is in lower case.
type token struct {
	kind                 tokenKind
	text                 string
	line, column, length int
}

func (t token) is(symbol string) bool { return t.kind == tokenSymbol && t.text == symbol }
func (t token) keyword(word string) bool {
	return (t.kind == tokenKeyword || t.kind == tokenName) && strings.EqualFold(t.text, word)
}

// ends says whether the statement is over at t.
func (t token) ends() bool { return t.kind == tokenEnd || t.is(";") }

// maxText bounds a statement in the API; the lexer reads no longer ones.
const maxText = 8192

type lexer struct {
	text         string
	pos          int
	line, column int
}

// scan splits the text into tokens; the last is a tokenEnd.
func scan(text string) ([]token, error) {
	if utf8.RuneCountInString(text) > maxText {
		return nil, fail("Member must have length less than or equal to " + strconv.Itoa(maxText))
	}
	l := lexer{text: text, line: 1, column: 1}
	var tokens []token
	for {
		if !l.skipSpace() {
			return nil, errMalformed
		}
		t, ok := l.next()
		if !ok {
			return nil, errMalformed
		}
		tokens = append(tokens, t)
		if t.kind == tokenEnd {
			return tokens, nil
		}
	}
}

func (l *lexer) rest() string { return l.text[l.pos:] }

// advance goes on by n bytes.
func (l *lexer) advance(n int) {
	for _, r := range l.text[l.pos : l.pos+n] {
		if r == '\n' {
			l.line++
			l.column = 0
		}
		l.column++
	}
	l.pos += n
}

// skipSpace skips white space and comments; it is false at a comment without an end.
func (l *lexer) skipSpace() bool {
	for {
		rest := l.rest()
		switch {
		case rest == "":
			return true
		case strings.IndexByte(" \t\r\n\f\v", rest[0]) >= 0:
			l.advance(1)
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexAny(rest, "\r\n")
			if n < 0 {
				n = len(rest)
			}
			l.advance(n)
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				return false
			}
			l.advance(2 + n + 2)
		default:
			return true
		}
	}
}

func (l *lexer) next() (token, bool) {
	t := token{line: l.line, column: l.column}
	start, rest := l.pos, l.rest()
	if rest == "" {
		return t, true
	}
	ok := true
	switch c := rest[0]; {
	case isLetter(c):
		n := 1
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
			n++
		}
		t.kind, t.text = tokenName, rest[:n]
		if lower := strings.ToLower(t.text); isReserved(lower) {
			t.kind, t.text = tokenKeyword, lower
		}
		l.advance(n)
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		n := numberLength(rest)
		t.kind, t.text = tokenNumber, rest[:n]
		ok = convertible(t.text)
		l.advance(n)
	case c == '\'':
		t.kind = tokenString
		t.text, ok = l.quoted('\'')
	case c == '"':
		t.kind = tokenQuotedName
		t.text, ok = l.quoted('"')
	case c == '`':
		t.kind = tokenIon
		t.text, ok = l.quoted('`')
	default:
		n := symbolLength(rest)
		t.kind, t.text = tokenSymbol, rest[:n]
		ok = n > 0
		l.advance(n)
	}
	t.length = utf8.RuneCountInString(l.text[start:l.pos])
	return t, ok
}

// quoted reads what is between quotes; two in a row are one.
func (l *lexer) quoted(quote byte) (string, bool) {
	var b strings.Builder
	for i := l.pos + 1; i < len(l.text); i++ {
		if l.text[i] != quote {
			b.WriteByte(l.text[i])
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		l.advance(i + 1 - l.pos)
		return b.String(), true
	}
	return "", false
}

// numberLength is how long the number at the start of s is.
func numberLength(s string) int {
	n := 0
	digits := func() {
		for n < len(s) && isDigit(s[n]) {
			n++
		}
	}
	digits()
	if n < len(s) && s[n] == '.' {
		n++
		digits()
	}
	if n < len(s) && s[n]|0x20 == 'e' {
		whole := n
		n++
		if n < len(s) && (s[n] == '+' || s[n] == '-') {
			n++
		}
		exponent := n
		if digits(); n == exponent {
			return whole
		}
	}
	return n
}

// convertible says whether Java's BigDecimal could hold the number: its exponent, and its scale, fit 32 bits.
func convertible(s string) bool {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	e := int64(0)
	if exponent != "" {
		var err error
		if e, err = strconv.ParseInt(exponent, 10, 32); err != nil {
			return false
		}
	}
	_, fraction, _ := strings.Cut(mantissa, ".")
	scale := int64(len(fraction)) - e
	return math.MinInt32 <= scale && scale <= math.MaxInt32
}

func symbolLength(s string) int {
	if len(s) > 1 {
		switch s[:2] {
		case "<=", ">=", "<>", "!=", "<<", ">>", "||":
			return 2
		}
	}
	if strings.IndexByte("=<>+-*/%()[]{},.:;?", s[0]) >= 0 {
		return 1
	}
	return 0
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == '$' }
