package main

import (
	"errors"
	"fmt"
	"io"
)

// target is a ratio that the project promises itself. A ratio to the limit on the same machine in the same run holds
// on any machine; a rate would not.
type target struct {
	operation   string
	connections int
	other       string
	atLeast     float64
}

func targets() []target {
	return []target{
		{"GetItem", 32, bareName, 0.40},
		{"PutItem", 32, bareName, 0.30},
	}
}

// checkTargets prints how each target did and fails if one was missed or not measured.
func checkTargets(out io.Writer, r *results) error {
	missed := false
	fmt.Fprintln(out)
	for _, t := range targets() {
		ratio, ok := r.ratio(subject, t.other, t.operation, t.connections)
		verdict := "met"
		if !ok {
			verdict = "not measured"
		} else if ratio < t.atLeast {
			verdict = "missed"
		}
		missed = missed || verdict != "met"
		fmt.Fprintf(out, "%s at %d connections: %.2f of %s, target %.2f: %s\n", t.operation, t.connections, ratio, r.server(t.other).Title, t.atLeast, verdict)
	}
	if missed {
		return errors.New("a target was missed")
	}
	return nil
}
