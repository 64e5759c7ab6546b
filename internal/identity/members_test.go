package identity

import "testing"

// A pattern is compiled when it is first needed, which is here and not in a request.
func TestPatternsCompile(t *testing.T) {
	for _, p := range patterns {
		p.Match("")
	}
}
