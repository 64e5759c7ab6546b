//go:build !linux

package main

import (
	"errors"
	"syscall"
	"time"
)

// Away from Linux the benchmark runs without processor times, memory, pausing and quotas: their columns stay empty.

func childAttributes() *syscall.SysProcAttr { return nil }

func (p *process) pause() error { return nil }

func (p *process) resume() error { return nil }

func (p *process) cpu() (time.Duration, error) { return 0, nil }

func (p *process) memory() (now, peak int64, err error) { return 0, 0, nil }

func cpuOfTree(int) (time.Duration, error) { return 0, nil }

func ownCPU() (time.Duration, error) { return 0, nil }

func busyCPU() (time.Duration, error) { return 0, nil }

func processorName() string { return "" }

type quota struct{}

func newQuota(float64) (*quota, error) { return nil, errors.New("there are no control groups here") }

func (q *quota) hold(int) error { return nil }

func (q *quota) remove() error { return nil }
