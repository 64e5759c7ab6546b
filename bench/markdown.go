package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// subject is the server whose ratios to the others are published; without it in a run, only rates are.
const subject = "stator"

// quiet is the part of the processors that others, the kernel's own work among them, may use during a run whose
// numbers are worth keeping.
const quiet = 0.15

// markdown renders the results as tables, with or without the pictures beside the source.
func markdown(r *results, pictures bool) string {
	var b strings.Builder
	if r.Comparison != nil {
		if pictures {
			b.WriteString("![Rates beside the limit](results.svg)\n\n")
		}
		b.WriteString(comparisonMarkdown(r.Comparison))
	}
	if r.Scaling != nil {
		b.WriteString("\n## Several servers over one engine\n\n")
		if pictures {
			b.WriteString("![Rates by the number of servers](scaling.svg)\n\n")
		}
		b.WriteString(scalingMarkdown(r.Scaling))
	}
	return b.String()
}

// comparisonMarkdown has what ran, the ratios that matter, and all the numbers behind them.
func comparisonMarkdown(r *comparison) string {
	var b strings.Builder
	setting(&b, r)
	serverTable(&b, r)
	ratioTable(&b, r)
	numberTable(&b, r)
	return b.String()
}

func setting(b *strings.Builder, r *comparison) {
	fmt.Fprintf(b, "Measured on %s with `go run ./bench`: %s. ", r.Date, r.Machine.text())
	fmt.Fprintf(b, "Client and servers share the machine; only the server being measured runs, the others are paused. "+
		"%s items of %d bytes; each number is the median of %d round(s) of %s s. ",
		grouped(float64(r.Settings.Items)), r.Settings.ItemBytes, r.Settings.Rounds, short(r.Settings.MeasureSeconds))
	if r.Machine.SyncMicros > 0 {
		fmt.Fprintf(b, "The disk needs %s to make an appended kilobyte durable. ", duration(r.Machine.SyncMicros))
	}
	b.WriteString("Every answer is checked.\n\n")
	b.WriteString(r.Machine.quietness())
}

// quietness is a paragraph that warns of numbers that were taken while others used the machine.
func (m machine) quietness() string {
	if m.OthersPart <= quiet {
		return ""
	}
	return fmt.Sprintf("**The machine was not quiet: other programs used %s of its processors meanwhile. Do not trust these numbers.**\n\n", percent(m.OthersPart))
}

func (m machine) text() string {
	return fmt.Sprintf("%d cores (%s), %s, %s", m.Cores, cmp.Or(m.Processor, m.Arch), m.OS, m.Go)
}

func serverTable(b *strings.Builder, r *comparison) {
	b.WriteString("| Server | Start to first answer | Memory idle | Memory at most | How it ran |\n| --- | ---: | ---: | ---: | --- |\n")
	for _, s := range r.Servers {
		title := s.Title
		if s.Version != "" {
			title += " (" + s.Version + ")"
		}
		if s.Skipped != "" {
			line, _, _ := strings.Cut(s.Skipped, "\n")
			fmt.Fprintf(b, "| %s | | | | %s |\n", title, line)
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", title, duration(s.ReadyMicros), megabytes(s.IdleBytes), megabytes(s.PeakBytes), s.Note)
	}
	b.WriteString("\n")
}

// ratioTable is Stator by each of the others: above 1 it is the faster one.
func ratioTable(b *strings.Builder, r *comparison) {
	measured := r.measured()
	if r.server(subject).Name == "" || r.server(subject).Skipped != "" || len(measured) < 2 {
		return
	}
	b.WriteString("Stator's rate beside the others', `÷` meaning divided by:\n\n| Operation | Connections | Stator |")
	rule := "| --- | ---: | ---: |"
	for _, s := range measured {
		if s.Name != subject {
			b.WriteString(" ÷ " + s.Title + " |")
			rule += " ---: |"
		}
	}
	b.WriteString("\n" + rule + "\n")
	for _, operation := range r.Settings.Operations {
		for _, connections := range r.Settings.Connections {
			own := r.cell(subject, operation, connections)
			if own == nil {
				continue
			}
			fmt.Fprintf(b, "| %s | %d | %s/s |", operation, connections, grouped(own.Rate))
			for _, s := range measured {
				if s.Name == subject {
					continue
				}
				if ratio, ok := r.ratio(subject, s.Name, operation, connections); ok {
					fmt.Fprintf(b, " %s |", times(ratio))
				} else {
					b.WriteString(" – |")
				}
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\n")
}

func numberTable(b *strings.Builder, r *comparison) {
	b.WriteString("All numbers. CPU is the processor time the server, and the client that measures it, spend on one request.\n\n")
	b.WriteString("| Operation | Connections | Server | Rate | p50 | p99 | Server CPU | Client CPU |\n| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, c := range r.Cells {
		fmt.Fprintf(b, "| %s | %d | %s | %s/s | %s | %s | %s | %s |\n", c.Operation, c.Connections, r.server(c.Server).Title,
			grouped(c.Rate), duration(c.P50Micros), duration(c.P99Micros), duration(c.ServerCPUMicros), duration(c.ClientCPUMicros))
	}
}

// grouped writes a count with its thousands apart.
func grouped(value float64) string {
	digits := strconv.FormatFloat(value, 'f', 0, 64)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// times writes a ratio with about two significant digits.
func times(ratio float64) string {
	switch {
	case ratio >= 100:
		return grouped(ratio)
	case ratio >= 10:
		return strconv.FormatFloat(ratio, 'f', 1, 64)
	}
	return strconv.FormatFloat(ratio, 'f', 2, 64)
}

func duration(micros float64) string {
	switch {
	case micros >= 1e6:
		return strconv.FormatFloat(micros/1e6, 'f', 2, 64) + " s"
	case micros >= 1e5:
		return strconv.FormatFloat(micros/1e3, 'f', 0, 64) + " ms"
	case micros >= 1e3:
		return strconv.FormatFloat(micros/1e3, 'f', 1, 64) + " ms"
	}
	return strconv.FormatFloat(micros, 'f', 0, 64) + " µs"
}

func megabytes(bytes int64) string {
	return strconv.FormatFloat(float64(bytes)/1e6, 'f', 0, 64) + " MB"
}

func short(value float64) string { return strconv.FormatFloat(value, 'g', 3, 64) }
