package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// results is everything a run found, as it is kept in results.json.
type results struct {
	Comparison *comparison `json:"comparison,omitempty"` // nil if that part was not measured, as the other
	Scaling    *scaling    `json:"scaling,omitempty"`
}

// keep takes from older results the parts that were not measured.
func (r *results) keep(older *results) {
	r.Comparison = cmp.Or(r.Comparison, older.Comparison)
	r.Scaling = cmp.Or(r.Scaling, older.Scaling)
}

// comparison is what was found of single servers.
type comparison struct {
	Date     string         `json:"date"`
	Machine  machine        `json:"machine"`
	Settings settings       `json:"settings"`
	Servers  []serverResult `json:"servers"`
	Cells    []cellResult   `json:"cells"`
}

type machine struct {
	OS         string  `json:"os"`
	Arch       string  `json:"arch"`
	Processor  string  `json:"processor,omitempty"`
	Cores      int     `json:"cores"`
	Go         string  `json:"go"`
	SyncMicros float64 `json:"sync_us"` // median of appending 1 KB to a file and syncing it
	OthersPart float64 `json:"others"`  // of all processor time while measuring, what neither client nor server used
}

type settings struct {
	MeasureSeconds float64  `json:"measure_s"` // of each cell in each round
	WarmSeconds    float64  `json:"warm_s"`
	Rounds         int      `json:"rounds"`
	ItemBytes      int      `json:"item_bytes"`
	Items          int      `json:"items"`
	Operations     []string `json:"operations"`
	Connections    []int    `json:"connections"`
}

type serverResult struct {
	Name        string            `json:"name"`
	Title       string            `json:"title"`
	Version     string            `json:"version,omitempty"`
	Note        string            `json:"note"`
	Skipped     string            `json:"skipped,omitempty"`
	ReadyMicros float64           `json:"ready_us,omitempty"`   // from its start on an empty folder to its first answer
	IdleBytes   int64             `json:"idle_bytes,omitempty"` // resident, a second after that
	PeakBytes   int64             `json:"peak_bytes,omitempty"` // resident, highest of the whole run
	Unsupported map[string]string `json:"unsupported,omitempty"`
}

type cellResult struct {
	Server          string  `json:"server"`
	Operation       string  `json:"operation"`
	Connections     int     `json:"connections"`
	Rate            float64 `json:"rate"` // answers a second, median of the rounds
	LowestRate      float64 `json:"lowest_rate"`
	HighestRate     float64 `json:"highest_rate"`
	P50Micros       float64 `json:"p50_us"` // over all rounds
	P99Micros       float64 `json:"p99_us"`
	ServerCPUMicros float64 `json:"server_cpu_us"` // processor time for one request
	ClientCPUMicros float64 `json:"client_cpu_us"`
	Requests        uint64  `json:"requests"`
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

func thisMachine() machine {
	return machine{
		OS: runtime.GOOS, Arch: runtime.GOARCH, Processor: processorName(),
		Cores: runtime.NumCPU(), Go: runtime.Version(),
	}
}

func newComparison(o *options) *comparison {
	return &comparison{
		Date: today(), Machine: thisMachine(),
		Settings: settings{
			MeasureSeconds: o.measure.Seconds(), WarmSeconds: o.warm.Seconds(), Rounds: o.rounds,
			ItemBytes: itemBytes, Items: tableItems, Operations: o.operations, Connections: o.connections,
		},
	}
}

func (r *comparison) server(name string) *serverResult {
	for i := range r.Servers {
		if r.Servers[i].Name == name {
			return &r.Servers[i]
		}
	}
	return &serverResult{}
}

// cell finds a number, or nil if it was not measured.
func (r *comparison) cell(server, operation string, connections int) *cellResult {
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Server == server && c.Operation == operation && c.Connections == connections {
			return c
		}
	}
	return nil
}

// ratio is the rate of one server by that of another in the same cell; false if either was not measured.
func (r *comparison) ratio(server, other, operation string, connections int) (float64, bool) {
	a, b := r.cell(server, operation, connections), r.cell(other, operation, connections)
	if a == nil || b == nil || b.Rate == 0 {
		return 0, false
	}
	return a.Rate / b.Rate, true
}

// measured lists the servers that were not skipped.
func (r *comparison) measured() []serverResult {
	var servers []serverResult
	for _, s := range r.Servers {
		if s.Skipped == "" {
			servers = append(servers, s)
		}
	}
	return servers
}

// addUp makes one number of the rounds of each cell.
func (r *comparison) addUp(samples map[cell][]*sample) {
	var others, all time.Duration
	for _, operation := range r.Settings.Operations {
		for _, connections := range r.Settings.Connections {
			for _, s := range r.measured() {
				rounds := samples[cell{s.Name, operation, connections}]
				if len(rounds) == 0 {
					continue
				}
				for _, one := range rounds {
					others += max(0, one.busyCPU-one.used.servers-one.clientCPU)
					all += one.elapsed * time.Duration(r.Machine.Cores)
				}
				r.Cells = append(r.Cells, cellOf(s.Name, operation, connections, rounds))
			}
		}
	}
	if all > 0 {
		r.Machine.OthersPart = others.Seconds() / all.Seconds()
	}
}

func cellOf(server, operation string, connections int, rounds []*sample) cellResult {
	c := cellResult{Server: server, Operation: operation, Connections: connections}
	var latency histogram
	var rates []float64
	var serverCPU, clientCPU time.Duration
	for _, one := range rounds {
		rates = append(rates, one.rate())
		latency.add(&one.latency)
		serverCPU += one.used.servers
		clientCPU += one.clientCPU
		c.Requests += one.requests
	}
	c.Rate = median(rates)
	c.LowestRate, c.HighestRate = rates[0], rates[0]
	for _, rate := range rates {
		c.LowestRate, c.HighestRate = min(c.LowestRate, rate), max(c.HighestRate, rate)
	}
	c.P50Micros, c.P99Micros = micros(latency.quantile(0.50)), micros(latency.quantile(0.99))
	c.ServerCPUMicros = micros(serverCPU) / float64(c.Requests)
	c.ClientCPUMicros = micros(clientCPU) / float64(c.Requests)
	return c
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func readResults(file string) (*results, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r results
	return &r, json.Unmarshal(text, &r)
}

// writeResults puts the numbers, the tables and the pictures beside the source, where the documentation shows them.
func writeResults(folder string, r *results) error {
	numbers, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	put := func(name, text string) error { return os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644) }
	err = errors.Join(put("results.json", string(numbers)+"\n"), put("RESULTS.md", "# Benchmark\n\n"+markdown(r, true)))
	if r.Comparison != nil {
		err = errors.Join(err, put("results.svg", picture(r.Comparison)))
	}
	if r.Scaling != nil {
		err = errors.Join(err, put("scaling.svg", scalingPicture(r.Scaling)))
	}
	return err
}
