//go:build !linux

package main

import "time"

// threadCPU is 0: processor times are Linux's, as everywhere in the benchmark.
func threadCPU() time.Duration { return 0 }
