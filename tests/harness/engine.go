package harness

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
)

// engineVariable names the engine of servers whose tests say nothing about it: postgres, which is started for the test process, or
// nothing for the embedded one.
const engineVariable = "STATOR_TEST_ENGINE"

// databases are the schemas of PostgreSQL in the place of data folders.
type databases struct {
	mu     sync.Mutex
	server *postgrestest.Server
	urls   map[string]string // by data folder
}

// engineArgs are the flags for the engine of a server on a data folder.
func (p *process) engineArgs(data string, args []string) ([]string, error) {
	engine := os.Getenv(engineVariable)
	if engine == "" || slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--engine") }) {
		return nil, nil
	}
	if engine != "postgres" {
		return nil, fmt.Errorf("%s=%s: it can be postgres", engineVariable, engine)
	}
	d := &p.databases
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.server == nil {
		server, err := postgrestest.New("max_connections=500")
		if err != nil {
			return nil, err
		}
		d.server, d.urls = server, make(map[string]string)
	}
	if d.urls[data] == "" {
		d.urls[data] = d.server.URL()
	}
	return []string{"--engine=postgres", "--engine-url=" + d.urls[data]}, nil
}

func (d *databases) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.server != nil {
		d.server.Remove()
	}
}
