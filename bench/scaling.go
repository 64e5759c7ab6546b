package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// scalingConnections is how many the clients of a fleet have, however many servers it has: the load stays as it is when a server
// is added. Every count of servers up to 4, and 6, 8 and 12, divide it.
const scalingConnections = 48

// scalingCell is one number of it: a mixture of requests to some of the servers over an engine.
type scalingCell struct {
	engine    string
	operation string
	servers   int
}

// scalingOperations are what the fleets are measured with: the three that an application mostly asks for, and a mixture with
// four reads to a write.
func scalingOperations() []operation {
	all := operations()
	find := func(name string) operation {
		return all[slices.IndexFunc(all, func(op operation) bool { return op.name == name })]
	}
	get, put, update := find("GetItem"), find("PutItem"), find("UpdateItem")
	mixed := operation{name: "Mixed", distinct: get.distinct,
		parts: []operation{get, get, put, get, get, get, get, update, get, get}}
	return []operation{get, put, update, mixed}
}

// measureScaling measures each engine, with each number of servers over it.
func measureScaling(ctx context.Context, o *options) (found *scaling, err error) {
	temp, err := os.MkdirTemp(o.temp, "stator-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()

	found = newScaling(o)
	for _, k := range engineKinds() {
		if !slices.Contains(o.engines, k.name) {
			continue
		}
		if err := found.measureEngine(ctx, o, temp, k); err != nil {
			return nil, fmt.Errorf("servers over a %s: %w", k.title, err)
		}
	}
	return found, nil
}

// measureEngine starts the most servers that are asked for over one engine, and asks as many of them as each cell says.
func (r *scaling) measureEngine(ctx context.Context, o *options, temp string, k engineKind) (err error) {
	entry := engineResult{Name: k.name, Title: k.title, Note: k.note}
	f, err := k.start(ctx, o, temp, slices.Max(o.counts))
	if errors.Is(err, errSkip) {
		fmt.Printf("%s: %v\n", k.title, err)
		entry.Skipped = err.Error()
		r.Engines = append(r.Engines, entry)
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.stop()) }()
	entry.Bound = f.bound
	r.Engines = append(r.Engines, entry)
	if err := load(ctx, f.signers); err != nil {
		return f.explain(err)
	}
	fmt.Printf("%s: %d servers ready\n", k.title, len(f.signers))

	ops := slices.DeleteFunc(scalingOperations(), func(op operation) bool { return !slices.Contains(o.scaled, op.name) })
	progress := newProgress(os.Stdout, len(ops)*(1+len(o.counts)*o.rounds))
	defer progress.end()
	take := func(op operation, servers int, warm, length time.Duration) (*sample, error) {
		progress.next(fmt.Sprintf("%s, %s, %d servers", k.title, op.name, servers))
		to := driven{signers: f.signers[:servers], used: f.used}
		one, err := measure(ctx, to, op, scalingConnections, warm, length)
		if err != nil {
			return nil, f.explain(fmt.Errorf("%s, %d servers: %w", op.name, servers, err))
		}
		return one, nil
	}
	for _, op := range ops {
		if o.heat > 0 {
			if _, err := take(op, len(f.signers), 0, o.heat); err != nil {
				return err
			}
		}
	}
	samples := map[scalingCell][]*sample{}
	for round := range o.rounds {
		for number, op := range ops {
			for turn := range o.counts {
				servers := o.counts[(turn+round+number)%len(o.counts)]
				one, err := take(op, servers, o.warm, o.measure)
				if err != nil {
					return err
				}
				at := scalingCell{k.name, op.name, servers}
				samples[at] = append(samples[at], one)
			}
		}
	}
	r.addUp(k.name, samples)
	return nil
}
