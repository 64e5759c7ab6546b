package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress says on one line of a terminal what is being measured and how long the rest will take, and nothing
// where the output is kept.
type progress struct {
	out   io.Writer
	total int
	done  int
	began time.Time
}

func newProgress(out *os.File, total int) *progress {
	p := &progress{out: io.Discard, total: total, began: time.Now()}
	if info, err := out.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		p.out = out
	}
	return p
}

func (p *progress) next(what string) {
	left := ""
	if p.done > 0 {
		rest := time.Since(p.began) / time.Duration(p.done) * time.Duration(p.total-p.done)
		left = ", about " + rest.Round(time.Second).String() + " left"
	}
	p.done++
	fmt.Fprintf(p.out, "\r\033[K[%d/%d] %s%s", p.done, p.total, what, left)
}

func (p *progress) end() { fmt.Fprint(p.out, "\r\033[K") }
