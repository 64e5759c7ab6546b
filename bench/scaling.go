package main

import (
	"cmp"
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

// scalingCell is one number of a fleet: an operation asked of so many of its servers.
type scalingCell struct {
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

// measureEngine measures servers over one engine: first as many as each cell says, of the most that are asked for, all with limits;
// then one that has the machine, for what a request costs when servers are busy.
func (r *scaling) measureEngine(ctx context.Context, o *options, temp string, k engineKind) error {
	entry := engineResult{Name: k.name, Title: k.title, Note: k.note}
	program, err := k.prepare(ctx, o, temp)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		limits limits
		counts []int
		cells  *[]scalingResult
	}{{bounded(), o.counts, &r.Cells}, {unbounded(), []int{1}, &r.Free}} {
		folder, err := os.MkdirTemp(temp, k.name)
		if err != nil {
			return err
		}
		f, err := k.start(ctx, program, folder, part.limits, slices.Max(part.counts))
		if errors.Is(err, errSkip) {
			fmt.Printf("%s: %v\n", k.title, err)
			entry.Skipped = err.Error()
			break
		}
		if err != nil {
			return err
		}
		entry.Bound = cmp.Or(entry.Bound, f.bound)
		samples, err := f.measure(ctx, o, k.title, part.counts)
		if err = errors.Join(err, f.stop()); err != nil {
			return err
		}
		*part.cells = append(*part.cells, r.addUp(samples, k.name, part.counts)...)
	}
	r.Engines = append(r.Engines, entry)
	return nil
}

// measure loads the table and asks as many of the servers as each cell says.
func (f *fleet) measure(ctx context.Context, o *options, title string, counts []int) (map[scalingCell][]*sample, error) {
	if err := load(ctx, f.signers); err != nil {
		return nil, f.explain(err)
	}
	fmt.Printf("%s: %d servers ready\n", title, len(f.signers))

	ops := slices.DeleteFunc(scalingOperations(), func(op operation) bool { return !slices.Contains(o.scaled, op.name) })
	progress := newProgress(os.Stdout, len(ops)*(1+len(counts)*o.rounds))
	defer progress.end()
	take := func(op operation, servers int, warm, length time.Duration) (*sample, error) {
		progress.next(fmt.Sprintf("%s, %s, %d servers", title, op.name, servers))
		one, err := measure(ctx, driven{signers: f.signers[:servers], used: f.used}, op, scalingConnections, warm, length)
		if err != nil {
			return nil, f.explain(fmt.Errorf("%s, %d servers: %w", op.name, servers, err))
		}
		return one, nil
	}
	for _, op := range ops {
		if o.heat > 0 {
			if _, err := take(op, len(f.signers), 0, o.heat); err != nil {
				return nil, err
			}
		}
	}
	samples := map[scalingCell][]*sample{}
	for round := range o.rounds {
		for number, op := range ops {
			for turn := range counts {
				servers := counts[(turn+round+number)%len(counts)]
				one, err := take(op, servers, o.warm, o.measure)
				if err != nil {
					return nil, err
				}
				at := scalingCell{op.name, servers}
				samples[at] = append(samples[at], one)
			}
		}
	}
	return samples, nil
}
