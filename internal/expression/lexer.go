package expression

import (
	"strings"
	"unicode/utf8"
)

type tokenKind byte

const (
	tokenEnd     tokenKind = iota
	tokenName              // a literal attribute or function name
	tokenAlias             // #name
	tokenValue             // :value
	tokenInteger           // a list index
	tokenOther             // a character that is in no expression: no rule takes it, so that it ends as a syntax error
	tokenEqual
	tokenNotEqual
	tokenLess
	tokenLessEqual
	tokenGreater
	tokenGreaterEqual
	tokenPlus
	tokenMinus
	tokenDot
	tokenComma
	tokenOpen
	tokenClose
	tokenOpenIndex
	tokenCloseIndex
	tokenAnd
	tokenOr
	tokenNot
	tokenBetween
	tokenIn
	tokenSet
	tokenRemove
	tokenAdd
	tokenDelete
)

// token is a piece of the text, text[start:end].
type token struct {
	kind       tokenKind
	start, end int
}

// scan returns the first token at or after pos. There are no lexical errors: AWS reports an odd character where
// the grammar meets it, as any other token.
func scan(text string, pos int) token {
	for pos < len(text) && isSpace(text[pos]) {
		pos++
	}
	if pos == len(text) {
		return token{tokenEnd, pos, pos}
	}
	c, end := text[pos], pos+1
	switch {
	case isLetter(c):
		for end < len(text) && isWord(text[end]) {
			end++
		}
		return token{keyword(text[pos:end]), pos, end}
	case c == '#' || c == ':':
		for end < len(text) && isWord(text[end]) {
			end++
		}
		switch {
		case end == pos+1:
			return token{tokenOther, pos, end}
		case c == '#':
			return token{tokenAlias, pos, end}
		}
		return token{tokenValue, pos, end}
	case c == '0': // no number starts with 0: 012 is two tokens
		return token{tokenInteger, pos, end}
	case isDigit(c):
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		return token{tokenInteger, pos, end}
	case c == '<' && end < len(text) && text[end] == '>':
		return token{tokenNotEqual, pos, end + 1}
	case c == '<' && end < len(text) && text[end] == '=':
		return token{tokenLessEqual, pos, end + 1}
	case c == '>' && end < len(text) && text[end] == '=':
		return token{tokenGreaterEqual, pos, end + 1}
	}
	if i := strings.IndexByte(punctuation, c); i >= 0 {
		return token{punctuationKinds[i], pos, end}
	}
	_, size := utf8.DecodeRuneInString(text[pos:])
	return token{tokenOther, pos, pos + size}
}

const punctuation = "=<>+-.,()[]"

var punctuationKinds = [len(punctuation)]tokenKind{tokenEqual, tokenLess, tokenGreater, tokenPlus, tokenMinus,
	tokenDot, tokenComma, tokenOpen, tokenClose, tokenOpenIndex, tokenCloseIndex}

// keyword tells the nine keywords, in any case, from names. The names of sections are keywords in every expression.
func keyword(word string) tokenKind {
	if len(word) > len("BETWEEN") {
		return tokenName
	}
	switch {
	case strings.EqualFold(word, "AND"):
		return tokenAnd
	case strings.EqualFold(word, "OR"):
		return tokenOr
	case strings.EqualFold(word, "NOT"):
		return tokenNot
	case strings.EqualFold(word, "IN"):
		return tokenIn
	case strings.EqualFold(word, "BETWEEN"):
		return tokenBetween
	case strings.EqualFold(word, "SET"):
		return tokenSet
	case strings.EqualFold(word, "REMOVE"):
		return tokenRemove
	case strings.EqualFold(word, "ADD"):
		return tokenAdd
	case strings.EqualFold(word, "DELETE"):
		return tokenDelete
	}
	return tokenName
}

func isSpace(c byte) bool  { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' }

// syntaxError is AWS's: the token that cannot be there, and the text from the token before it to the one after it.
func syntaxError(param, text string, before, bad token) error {
	word, end := "<EOF>", len(text)
	if bad.kind != tokenEnd {
		word = text[bad.start:bad.end]
		// AWS counts UTF-16: the second half of a character outside the basic plane is a token of its own.
		if word[0] < 0xf0 {
			if after := scan(text, bad.end); after.kind != tokenEnd {
				end = after.end
			}
		} else {
			end = bad.end
		}
	}
	return fail(param, `Syntax error; token: "`+word+`", near: "`+text[before.start:end]+`"`)
}

// utf16Length returns the length of a text as AWS counts it.
func utf16Length[T ~string | ~[]byte](text T) int {
	n := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 0xf0: // the first of four bytes, which are two units
			n += 2
		case c < utf8.RuneSelf || c >= 0xc0: // not a continuation
			n++
		}
	}
	return n
}
