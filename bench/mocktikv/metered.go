package main

import (
	"encoding/json"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/tikv/client-go/v2/tikvrpc"

	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
)

// metered is the cluster's capacity, and how much of it is used.
type metered struct {
	each time.Duration

	mu   sync.Mutex
	free time.Time // when it takes the next request
	sums reading
}

// reading is what was used so far.
type reading struct {
	Requests int64
	CPU      time.Duration // of the mock, and not of the servers in its process
	Full     time.Duration // each times the requests: for so long it could not have taken others
}

// take is a [tikvtest.Fault]. A request waits until those that came before it had their time, and then for its own.
func (m *metered) take(r tikvtest.Request) (*tikvrpc.Response, error) {
	m.mu.Lock()
	if now := time.Now(); m.free.Before(now) {
		m.free = now
	}
	m.free = m.free.Add(m.each)
	done := m.free
	m.mu.Unlock()
	time.Sleep(time.Until(done))

	// The mock answers where it is called, so that what this thread uses meanwhile is the mock's.
	runtime.LockOSThread()
	began := threadCPU()
	answer, err := r.Send()
	used := threadCPU() - began
	runtime.UnlockOSThread()

	m.mu.Lock()
	defer m.mu.Unlock()
	m.sums.Requests++
	m.sums.CPU += used
	m.sums.Full += m.each
	return answer, err
}

// read is an [http.HandlerFunc].
func (m *metered) read(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	sums := m.sums
	m.mu.Unlock()
	_ = json.NewEncoder(w).Encode(sums)
}
