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

func comparisonTargets() []target {
	return []target{
		{"GetItem", 32, bareName, 0.40},
		{"PutItem", 32, bareName, 0.30},
	}
}

// scalingTarget is how much more several servers do than one, of each operation over each engine.
const (
	scalingTargetServers = 3
	scalingTarget        = 1.5
)

// checkTargets prints how each target of the parts that were measured did, and fails if one was missed or is not there.
func checkTargets(out io.Writer, r *results) error {
	missed := r.Comparison == nil && r.Scaling == nil
	fmt.Fprintln(out)
	hold := func(what string, ratio float64, measured bool, atLeast float64) {
		verdict := "met"
		if !measured {
			verdict = "not measured"
		} else if ratio < atLeast {
			verdict = "missed"
		}
		missed = missed || verdict != "met"
		fmt.Fprintf(out, "%s: %.2f, target %.2f: %s\n", what, ratio, atLeast, verdict)
	}
	if c := r.Comparison; c != nil {
		for _, t := range comparisonTargets() {
			ratio, ok := c.ratio(subject, t.other, t.operation, t.connections)
			hold(fmt.Sprintf("%s at %d connections, by %s", t.operation, t.connections, t.other), ratio, ok, t.atLeast)
		}
	}
	if s := r.Scaling; s != nil {
		for _, engine := range engineNames() {
			for _, op := range scalingOperations() {
				ratio, ok := s.ratio(engine, op.name, scalingTargetServers)
				hold(fmt.Sprintf("%s of %d servers over %s, by one", op.name, scalingTargetServers, engine), ratio, ok, scalingTarget)
			}
		}
	}
	if missed {
		return errors.New("a target was missed")
	}
	return nil
}
