package main

import (
	"bytes"
	"fmt"
)

// expectation is what the body of a good answer is known by. It is a byte comparison and not a JSON parser, because
// the client shares the machine with the server it measures; it still tells a wrong, short or empty answer from the
// right one.
type expectation struct {
	whole []byte // the body must be exactly this, or
	text  []byte // must hold this text
	times int    // this often
}

// check returns why the answer is not the expected one, or nil.
func (e expectation) check(a answer) error {
	switch {
	case a.status != 200:
		return fmt.Errorf("status %d: %s", a.status, shorten(a.body))
	case e.whole != nil:
		if !bytes.Equal(a.body, e.whole) {
			return fmt.Errorf("the answer is %s, not %s", shorten(a.body), shorten(e.whole))
		}
	case bytes.Count(a.body, e.text) != e.times:
		return fmt.Errorf("%d times %s in the answer, not %d: %s", bytes.Count(a.body, e.text), e.text, e.times, shorten(a.body))
	}
	return nil
}

func shorten(text []byte) string {
	const most = 200
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}
