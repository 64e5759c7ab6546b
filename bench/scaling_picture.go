package main

import (
	"fmt"
	"html"
	"slices"
)

// The measures of the picture of several servers, in its own units.
const (
	panelTop    = 118
	panelHeight = 240
	panelLeft   = 58 // of the numbers at its side
	panelGap    = 30
	panelFoot   = 62
)

// operationColor is how the line of an operation looks.
func operationColor(name string) string {
	switch name {
	case "GetItem":
		return "#0b6e99"
	case "PutItem":
		return "#d98c3f"
	case "UpdateItem":
		return "#8250df"
	}
	return "#57606a"
}

// scalingPicture draws, for each engine, the rate of each number of servers by that of one. A filled point is one at which the
// engine is the limit.
func scalingPicture(r *scaling) string {
	engines := r.measured()
	height := panelTop + panelHeight + panelFoot
	p := &pen{}
	p.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12">`,
		pictureWidth, height, pictureWidth, height, "Requests a second of several servers over one engine, by that of one server")
	p.printf(`<rect x="0.5" y="0.5" width="%d" height="%d" rx="8" fill="#ffffff" stroke="#d0d7de"/>`, pictureWidth-1, height-1)
	p.text(20, 30, "start", "#1f2328", `font-size="16" font-weight="600"`, "Requests a second by the number of servers over one engine")
	p.text(20, 49, "start", "#59636e", "", fmt.Sprintf("1 is one server with %d requests at a time, %s from the engine; the same %d clients throughout; a filled point is the engine's limit",
		r.Settings.ServerRequests, duration(r.Settings.RoundTripMicros), r.Settings.Connections))
	x := 20
	for _, operation := range r.Operations {
		p.printf(`<circle cx="%d" cy="69" r="5" fill="%s"/>`, x+5, operationColor(operation))
		p.text(x+16, 73, "start", "#1f2328", "", operation)
		x += 16 + 7*len(operation) + 20
	}
	most := slices.Max(r.Settings.Servers)
	width := (pictureWidth - 20 - len(engines)*(panelLeft+panelGap)) / max(1, len(engines))
	for i, e := range engines {
		pan := panel{p, panelLeft + i*(width+panelLeft+panelGap), width, most}
		pan.axes(e.Title, r.Settings.Servers)
		for _, operation := range r.Operations {
			pan.line(r, e.Name, operation)
		}
	}
	p.text(20, height-14, "start", "#59636e", `font-size="11"`, r.Date+", "+r.Machine.Processor)
	p.printf("</svg>")
	return p.String()
}

// panel is the lines of one engine. Both its axes go from 0 to most.
type panel struct {
	*pen
	left, width, most int
}

func (p panel) x(servers float64) float64 {
	return float64(p.left) + servers/float64(p.most)*float64(p.width)
}

func (p panel) y(ratio float64) float64 {
	return panelTop + panelHeight - min(ratio/float64(p.most), 1.05)*panelHeight
}

func (p panel) axes(title string, counts []int) {
	p.text(p.left, panelTop-16, "start", "#1f2328", `font-weight="600"`, title)
	for ratio := range p.most + 1 {
		y := p.y(float64(ratio))
		p.printf(`<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#eaeef2"/>`, p.left, y, p.left+p.width, y)
		p.text(p.left-8, int(y)+4, "end", "#59636e", `font-size="11"`, fmt.Sprint(ratio))
	}
	for _, servers := range counts {
		p.text(int(p.x(float64(servers))), panelTop+panelHeight+17, "middle", "#59636e", `font-size="11"`, fmt.Sprint(servers))
	}
	p.text(p.left+p.width/2, panelTop+panelHeight+33, "middle", "#59636e", `font-size="11"`, "servers")
	p.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#818b98" stroke-dasharray="4 3"/>`,
		p.x(0), p.y(0), p.x(float64(p.most)), p.y(float64(p.most)))
}

func (p panel) line(r *scaling, engine, operation string) {
	path, points := "", ""
	for _, servers := range r.Settings.Servers {
		ratio, ok := r.ratio(engine, operation, servers)
		if !ok {
			continue
		}
		cell := r.cell(engine, operation, servers)
		fill := "#ffffff"
		if cell.limit() == limitEngine {
			fill = operationColor(operation)
		}
		x, y := p.x(float64(servers)), p.y(ratio)
		path += fmt.Sprintf(" %.1f,%.1f", x, y)
		points += fmt.Sprintf(`<circle cx="%.1f" cy="%.1f" r="4" fill="%s" stroke="%s" stroke-width="2"><title>%s</title></circle>`, x, y, fill, operationColor(operation),
			html.EscapeString(fmt.Sprintf("%s, %d servers: %s/s", operation, servers, grouped(cell.Rate))))
	}
	p.printf(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>%s`, path, operationColor(operation), points)
}
