//go:build !linux

package main

import (
	"syscall"
	"time"
)

// Away from Linux the comparison runs without processor times, memory and pausing: their columns stay empty.

func childAttributes() *syscall.SysProcAttr { return nil }

func (p *process) pause() error { return nil }

func (p *process) resume() error { return nil }

func (p *process) cpu() (time.Duration, error) { return 0, nil }

func (p *process) memory() (now, peak int64, err error) { return 0, 0, nil }

func ownCPU() (time.Duration, error) { return 0, nil }

func busyCPU() (time.Duration, error) { return 0, nil }

func processorName() string { return "" }
