package main

import (
	"fmt"
	"html"
	"strings"
)

// The measures of the picture, in its own units.
const (
	pictureWidth = 860
	nameWidth    = 136 // left of the bars
	valueWidth   = 150 // right of the longest bar
	barHeight    = 13
	barGap       = 3
	groupGap     = 15
	headHeight   = 92
	footHeight   = 52
	barsWidth    = pictureWidth - nameWidth - valueWidth
)

// pictureConnections is the load that the picture shows, if it was measured.
const pictureConnections = 32

// color is how a server's bars look; the grey ones are the peers.
func color(server string) string {
	switch server {
	case "stator":
		return "#0b6e99"
	case "stator-open", "stator-memory":
		return "#8cc3d9"
	case "dynamodb-local", "dynamodb-local-memory":
		return "#d98c3f"
	}
	return "#9aa0a6"
}

// picture draws, for each operation, the rate of each server as a part of what the bare handler does. It brings its
// own light background, so that it reads the same on a dark page.
func picture(r *comparison) string {
	connections := r.Settings.Connections[len(r.Settings.Connections)-1]
	for _, n := range r.Settings.Connections {
		if n == pictureConnections {
			connections = n
		}
	}
	var shown []serverResult
	for _, s := range r.measured() {
		if s.Name != bareName {
			shown = append(shown, s)
		}
	}
	groupHeight := len(shown)*(barHeight+barGap) - barGap
	height := headHeight + len(r.Settings.Operations)*(groupHeight+groupGap) + footHeight

	p := &pen{}
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12">`,
		pictureWidth, height, pictureWidth, height, "Requests a second of each server beside a bare HTTP handler")
	p.printf(`<rect x="0.5" y="0.5" width="%d" height="%d" rx="8" fill="#ffffff" stroke="#d0d7de"/>`, pictureWidth-1, height-1)
	p.text(20, 30, "start", "#1f2328", `font-size="16" font-weight="600"`, fmt.Sprintf("Requests a second, %d connections, %d-byte items", connections, r.Settings.ItemBytes))
	p.text(20, 49, "start", "#59636e", "", fmt.Sprintf("100%% is a bare net/http handler with requests and answers of the same sizes, in the same run on %d shared cores", r.Machine.Cores))
	legend(p, shown)
	grid(p, headHeight-6, height-footHeight+2)

	y := headHeight
	for _, operation := range r.Settings.Operations {
		p.text(nameWidth-12, y+groupHeight/2+4, "end", "#1f2328", `font-weight="600"`, operation)
		limit := r.limit(operation, connections, shown)
		for _, s := range shown {
			bar(p, r, s, operation, connections, limit, y)
			y += barHeight + barGap
		}
		y += groupGap - barGap
	}
	p.text(20, height-14, "start", "#59636e", `font-size="11"`, r.Date+", "+r.Machine.Processor)
	p.printf("</svg>")
	return p.String()
}

// limit is the rate that a full bar stands for: the bare handler's, or without it the fastest server's.
func (r *comparison) limit(operation string, connections int, shown []serverResult) float64 {
	if c := r.cell(bareName, operation, connections); c != nil {
		return c.Rate
	}
	var fastest float64
	for _, s := range shown {
		if c := r.cell(s.Name, operation, connections); c != nil {
			fastest = max(fastest, c.Rate)
		}
	}
	return fastest
}

func bar(p *pen, r *comparison, s serverResult, operation string, connections int, limit float64, y int) {
	c := r.cell(s.Name, operation, connections)
	if c == nil || limit == 0 {
		p.text(nameWidth+6, y+barHeight-2, "start", "#818b98", `font-size="11" font-style="italic"`, "not supported")
		return
	}
	part := c.Rate / limit
	length := max(1, min(part, 1.1)*barsWidth)
	p.printf(`<rect x="%d" y="%d" width="%.1f" height="%d" rx="2" fill="%s"><title>%s</title></rect>`,
		nameWidth, y, length, barHeight, color(s.Name), html.EscapeString(s.Title))
	p.printf(`<text x="%.1f" y="%d" fill="#1f2328" font-size="11">%s/s<tspan dx="6" fill="#59636e">%s</tspan></text>`,
		nameWidth+length+6, y+barHeight-2, grouped(c.Rate), percent(part))
}

func legend(p *pen, shown []serverResult) {
	x := 20
	for _, s := range shown {
		p.printf(`<rect x="%d" y="63" width="11" height="11" rx="2" fill="%s"/>`, x, color(s.Name))
		p.text(x+17, 73, "start", "#1f2328", "", s.Title)
		x += 17 + 7*len(s.Title) + 18
	}
}

// grid draws the quarters of the limit behind the bars.
func grid(p *pen, top, bottom int) {
	for quarter := range 5 {
		x := nameWidth + barsWidth*quarter/4
		style := `stroke="#eaeef2"`
		if quarter == 4 {
			style = `stroke="#818b98" stroke-dasharray="4 3"`
		}
		p.printf(`<line x1="%d" y1="%d" x2="%d" y2="%d" %s/>`, x, top, x, bottom-6, style)
		p.text(x, bottom+8, "middle", "#59636e", `font-size="11"`, fmt.Sprintf("%d%%", quarter*25))
	}
}

func percent(part float64) string {
	if part < 0.1 {
		return fmt.Sprintf("%.1f%%", part*100)
	}
	return fmt.Sprintf("%.0f%%", part*100)
}

// pen collects the elements of a picture, one a line, so that a change of the numbers reads well as a diff.
type pen struct{ strings.Builder }

func (p *pen) printf(format string, args ...any) {
	fmt.Fprintf(p, format, args...)
	p.WriteByte('\n')
}

func (p *pen) text(x, y int, anchor, color, style, text string) {
	if style != "" {
		style = " " + style
	}
	p.printf(`<text x="%d" y="%d" text-anchor="%s" fill="%s"%s>%s</text>`, x, y, anchor, color, style, html.EscapeString(text))
}
