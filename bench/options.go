package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// longestMeasure keeps every request of a cell well inside the fifteen minutes for which a signature is good.
const longestMeasure = 4 * time.Minute

// The parts of the benchmark.
const (
	comparisonPart = "comparison"
	scalingPart    = "scaling"
)

// maxServers is how many servers over one engine there may be: each has a client at least.
const maxServers = 12

func partNames() []string { return []string{comparisonPart, scalingPart} }

// options is what the command line asks for.
type options struct {
	measure time.Duration // measured time of a cell in one round
	warm    time.Duration // time before it that is not counted
	heat    time.Duration // time every server gets with every operation before the first round
	rounds  int
	starts  int // how often each server is started to time it

	parts []string // what is measured

	// Of the comparison:
	operations  []string
	connections []int
	servers     []string

	// Of several servers over one engine:
	engines []string
	counts  []int    // of servers
	scaled  []string // the operations

	stator string // a built binary, or empty to build one
	temp   string // where the servers keep their data
	root   string // the module
	folder string // this folder in it

	write bool
	check bool
	from  string // results to render instead of measuring
}

func parseOptions(args []string) (*options, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	o := &options{root: root, folder: filepath.Join(root, "bench")}

	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	flags.DurationVar(&o.measure, "d", time.Second, "measured `time` of each cell in each round")
	flags.DurationVar(&o.warm, "warm", 250*time.Millisecond, "uncounted `time` before it")
	flags.DurationVar(&o.heat, "heat", time.Second, "`time` each server gets with each operation before the first round, for compilers and caches")
	flags.IntVar(&o.rounds, "rounds", 3, "`times` each cell is measured; the median rate is kept")
	flags.IntVar(&o.starts, "starts", 3, "`times` each server is started on an empty folder; the median is kept")
	parts := flags.String("parts", strings.Join(partNames(), ","), "`names` of the parts to measure; -write keeps the others as they are")
	operations := flags.String("ops", "", "`names` of the operations of the comparison, separated by commas (default all: "+strings.Join(operationNames(), ",")+")")
	connections := flags.String("conns", "1,32,128", "`counts` of connections in the comparison")
	servers := flags.String("servers", strings.Join(defaultServers(), ","), "`names` of the servers, of: "+strings.Join(serverNames(), ","))
	engines := flags.String("engines", strings.Join(engineNames(), ","), "`names` of the engines under several servers")
	counts := flags.String("counts", "1,2,3,4,6", "`counts` of servers over one engine")
	flags.StringVar(&o.stator, "stator", "", "`path` of a stator binary (default: build ./cmd/stator)")
	flags.StringVar(&o.temp, "dir", os.TempDir(), "`folder` in which the servers keep their data; its disk is what durable writes wait for")
	flags.BoolVar(&o.write, "write", false, "write results.json, RESULTS.md and the pictures beside the source")
	flags.BoolVar(&o.check, "check", false, "fail if a target is missed")
	flags.StringVar(&o.from, "from", "", "render this results `file` instead of measuring")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}

	if o.parts, err = pick(*parts, partNames(), partNames()); err != nil {
		return nil, err
	}
	if o.engines, err = pick(*engines, engineNames(), engineNames()); err != nil {
		return nil, err
	}
	for _, op := range scalingOperations() {
		o.scaled = append(o.scaled, op.name)
	}
	if o.operations, err = pick(*operations, operationNames(), operationNames()); err != nil {
		return nil, err
	}
	if o.servers, err = pick(*servers, serverNames(), defaultServers()); err != nil {
		return nil, err
	}
	if o.connections, err = numbers("-conns", *connections, maxConnections); err != nil {
		return nil, err
	}
	if o.counts, err = numbers("-counts", *counts, maxServers); err != nil {
		return nil, err
	}
	switch {
	case o.rounds < 1 || o.starts < 1:
		return nil, errors.New("-rounds and -starts must be at least 1")
	case o.measure <= 0 || o.measure > longestMeasure || o.heat > longestMeasure || o.warm > time.Minute:
		return nil, fmt.Errorf("-d and -heat must be at most %s, and -warm a minute", longestMeasure)
	}
	return o, nil
}

// numbers reads a comma-separated list of numbers from 1 to most.
func numbers(flag, text string, most int) (all []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > most {
			return nil, fmt.Errorf("%s: %q is not a count from 1 to %d", flag, part, most)
		}
		all = append(all, n)
	}
	return all, nil
}

// pick reads a comma-separated choice from the known names; an empty text chooses otherwise.
func pick(text string, known, otherwise []string) ([]string, error) {
	if text == "" {
		return otherwise, nil
	}
	var picked []string
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%q is not one of %s", name, strings.Join(known, ", "))
		}
		picked = append(picked, name)
	}
	return picked, nil
}

// moduleRoot finds the folder with go.mod, so that the command works from anywhere inside the module.
func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("run this inside the module: no go.mod here or above")
		}
		folder = parent
	}
}
