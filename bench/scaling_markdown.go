package main

import (
	"fmt"
	"strings"
)

// scalingMarkdown has what ran, how the rate rises, and all the numbers behind that.
func scalingMarkdown(r *scaling) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s with `go run ./bench -parts scaling`: %s. %d clients, however many servers there are, each with one request at a time; "+
		"items as above; each number is the median of %d round(s) of %s s. So that several servers fit on the machine, each has at most %d requests with the engine at a time, and %s away from it: "+
		"that, and not a processor, is what a server ends at. Every answer is checked. [How, and why](README.md#several-servers).\n\n",
		r.Date, r.Machine.text(), r.Settings.Connections, r.Settings.Rounds, short(r.Settings.MeasureSeconds), r.Settings.ServerRequests, duration(r.Settings.RoundTripMicros))
	b.WriteString(r.Machine.quietness())
	b.WriteString("| Engine | What it is | What it has |\n| --- | --- | --- |\n")
	for _, e := range r.Engines {
		if e.Skipped != "" {
			line, _, _ := strings.Cut(e.Skipped, "\n")
			fmt.Fprintf(&b, "| %s | %s | |\n", e.Title, line)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", e.Title, e.Note, e.Bound)
	}
	growthTable(&b, r)
	scalingNumbers(&b, r)
	freeNumbers(&b, r)
	return b.String()
}

// title is how an engine is called.
func (r *scaling) title(engine string) string {
	for _, e := range r.Engines {
		if e.Name == engine {
			return e.Title
		}
	}
	return engine
}

// growthTable is the rate of each number of servers by that of one.
func growthTable(b *strings.Builder, r *scaling) {
	b.WriteString("\nThe rate by that of one server; **bold** where the engine is the limit:\n\n| Engine | Operation | 1 server |")
	rule := "| --- | --- | ---: |"
	for _, servers := range r.Settings.Servers {
		if servers != 1 {
			fmt.Fprintf(b, " %d |", servers)
			rule += " ---: |"
		}
	}
	b.WriteString("\n" + rule + "\n")
	for _, e := range r.measured() {
		for _, operation := range r.Operations {
			one := r.cell(e.Name, operation, 1)
			if one == nil {
				continue
			}
			fmt.Fprintf(b, "| %s | %s | %s/s |", e.Title, operation, grouped(one.Rate))
			for _, servers := range r.Settings.Servers {
				ratio, ok := r.ratio(e.Name, operation, servers)
				switch {
				case servers == 1:
				case !ok:
					b.WriteString(" – |")
				case r.cell(e.Name, operation, servers).limit() == limitEngine:
					fmt.Fprintf(b, " **%s** |", times(ratio))
				default:
					fmt.Fprintf(b, " %s |", times(ratio))
				}
			}
			b.WriteString("\n")
		}
	}
}

func scalingNumbers(b *strings.Builder, r *scaling) {
	fmt.Fprintf(b, "\nAll numbers. CPU is the processor time for one request, of the clients' with the network's between servers and engine. Engine and machine say how much of what they have was used; "+
		"the limit is which of them had less than %s left, and otherwise the servers.\n\n", percent(1-full))
	b.WriteString("| Engine | Operation | Servers | Rate | p50 | p99 | Servers' CPU | Engine's CPU | Clients' CPU | Engine | Machine | Limit |\n")
	b.WriteString("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n")
	for _, c := range r.Cells {
		fmt.Fprintf(b, "| %s | %s | %d | %s/s | %s | %s | %s | %s | %s | %s | %s | %s |\n", r.title(c.Engine), c.Operation, c.Servers, grouped(c.Rate),
			duration(c.P50Micros), duration(c.P99Micros), duration(c.ServersCPUMicros), duration(c.EngineCPUMicros), duration(c.ClientCPUMicros),
			percent(c.EnginePart), percent(c.MachinePart), c.limit())
	}
}

// freeNumbers is what a request costs where nothing but the machine is a limit.
func freeNumbers(b *strings.Builder, r *scaling) {
	fmt.Fprintf(b, "\nOne server without limits, with %d connections to an engine on the same machine. The machine is the limit, and a second server would add nothing; what shows is what a request costs busy servers and engines.\n\n",
		r.Settings.FreeRequests)
	b.WriteString("| Engine | Operation | Rate | p50 | p99 | Server's CPU | Engine's CPU | Clients' CPU | Machine |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, c := range r.Free {
		fmt.Fprintf(b, "| %s | %s | %s/s | %s | %s | %s | %s | %s | %s |\n", r.title(c.Engine), c.Operation, grouped(c.Rate), duration(c.P50Micros), duration(c.P99Micros),
			duration(c.ServersCPUMicros), duration(c.EngineCPUMicros), duration(c.ClientCPUMicros), percent(c.MachinePart))
	}
}
