package main

import "time"

// scaling is what was found of several servers over one engine, as it is kept in results.json.
type scaling struct {
	Date       string          `json:"date"`
	Machine    machine         `json:"machine"`
	Settings   fleetSettings   `json:"settings"`
	Operations []string        `json:"operations"`
	Engines    []engineResult  `json:"engines"`
	Cells      []scalingResult `json:"cells"`
	Free       []scalingResult `json:"free"` // of one server, with no limits
}

type fleetSettings struct {
	MeasureSeconds  float64 `json:"measure_s"` // of each cell in each round
	Rounds          int     `json:"rounds"`
	Servers         []int   `json:"servers"`
	Connections     int     `json:"connections"`     // of the clients to all servers
	ServerRequests  int     `json:"server_requests"` // that a server has with the engine at a time
	RoundTripMicros float64 `json:"round_trip_us"`   // between a server and the engine
	FreeRequests    int     `json:"free_requests"`   // the same without limits
}

type engineResult struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Note    string `json:"note"`
	Bound   string `json:"bound,omitempty"` // what the engine had
	Skipped string `json:"skipped,omitempty"`
}

type scalingResult struct {
	Engine           string  `json:"engine"`
	Operation        string  `json:"operation"`
	Servers          int     `json:"servers"`
	Rate             float64 `json:"rate"` // answers a second of all servers, median of the rounds
	LowestRate       float64 `json:"lowest_rate"`
	HighestRate      float64 `json:"highest_rate"`
	P50Micros        float64 `json:"p50_us"` // over all rounds
	P99Micros        float64 `json:"p99_us"`
	ServersCPUMicros float64 `json:"servers_cpu_us"` // processor time for one request
	EngineCPUMicros  float64 `json:"engine_cpu_us"`
	ClientCPUMicros  float64 `json:"client_cpu_us"` // of the network between servers and engine too
	EnginePart       float64 `json:"engine_part"`   // of what the engine has, what was used
	MachinePart      float64 `json:"machine_part"`  // of all processors, by everything
	Requests         uint64  `json:"requests"`
}

func newScaling(o *options) *scaling {
	return &scaling{
		Date: today(), Machine: thisMachine(), Operations: o.scaled,
		Settings: fleetSettings{
			MeasureSeconds: o.measure.Seconds(), Rounds: o.rounds, Servers: o.counts, Connections: scalingConnections,
			ServerRequests: bounded().requests, RoundTripMicros: micros(bounded().roundTrip), FreeRequests: unbounded().requests,
		},
	}
}

// full is the part of what there is from which on it is the limit. What is left are the gaps between requests that a small
// number of connections leaves.
const full = 0.85

// The limits of a cell.
const (
	limitEngine  = "engine"
	limitMachine = "machine"
	limitServers = "servers"
)

// limit is what kept the servers from doing more.
func (c scalingResult) limit() string {
	switch {
	case c.EnginePart >= full:
		return limitEngine
	case c.MachinePart >= full:
		return limitMachine
	}
	return limitServers
}

// cell finds a number, or nil if it was not measured.
func (r *scaling) cell(engine, operation string, servers int) *scalingResult {
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Engine == engine && c.Operation == operation && c.Servers == servers {
			return c
		}
	}
	return nil
}

// ratio is the rate of some servers by that of one; false if either was not measured.
func (r *scaling) ratio(engine, operation string, servers int) (float64, bool) {
	several, one := r.cell(engine, operation, servers), r.cell(engine, operation, 1)
	if several == nil || one == nil || one.Rate == 0 {
		return 0, false
	}
	return several.Rate / one.Rate, true
}

// measured lists the engines that were not skipped.
func (r *scaling) measured() (all []engineResult) {
	for _, e := range r.Engines {
		if e.Skipped == "" {
			all = append(all, e)
		}
	}
	return all
}

// addUp makes one number of the rounds of each cell of a fleet. How quiet the machine was is said of the worst fleet.
func (r *scaling) addUp(samples map[scalingCell][]*sample, engine string, counts []int) (cells []scalingResult) {
	var others, all time.Duration
	for _, operation := range r.Operations {
		for _, servers := range counts {
			rounds := samples[scalingCell{operation, servers}]
			if len(rounds) == 0 {
				continue
			}
			cells = append(cells, scaledOf(engine, operation, servers, r.Machine.Cores, rounds))
			for _, one := range rounds {
				others += max(0, one.busyCPU-one.used.servers-one.used.engine-one.clientCPU)
				all += one.elapsed * time.Duration(r.Machine.Cores)
			}
		}
	}
	if all > 0 {
		r.Machine.OthersPart = max(r.Machine.OthersPart, others.Seconds()/all.Seconds())
	}
	return cells
}

func scaledOf(engine, operation string, servers, cores int, rounds []*sample) scalingResult {
	// What a cell of one server has, one of several has too.
	c := cellOf("", operation, 0, rounds)
	var used usage
	var elapsed, busy time.Duration
	for _, one := range rounds {
		used.engine += one.used.engine
		used.full += one.used.full
		elapsed += one.elapsed
		busy += one.busyCPU
	}
	return scalingResult{
		Engine: engine, Operation: operation, Servers: servers,
		Rate: c.Rate, LowestRate: c.LowestRate, HighestRate: c.HighestRate, P50Micros: c.P50Micros, P99Micros: c.P99Micros,
		ServersCPUMicros: c.ServerCPUMicros, EngineCPUMicros: micros(used.engine) / float64(c.Requests), ClientCPUMicros: c.ClientCPUMicros,
		EnginePart:  used.full.Seconds() / elapsed.Seconds(),
		MachinePart: busy.Seconds() / elapsed.Seconds() / float64(cores),
		Requests:    c.Requests,
	}
}
