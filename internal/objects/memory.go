package objects

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
)

// memory forgets everything when the program ends.
type memory struct {
	mu      sync.Mutex
	objects map[Bucket]map[string][]byte
}

// Memory returns a new store in memory.
func Memory() *Store { return &Store{&memory{objects: map[Bucket]map[string][]byte{}}} }

func (m *memory) put(_ context.Context, b Bucket, key string, content []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.objects[b] == nil {
		m.objects[b] = map[string][]byte{}
	}
	m.objects[b][key] = bytes.Clone(content)
	return nil
}

func (m *memory) open(_ context.Context, b Bucket, key string) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	content, ok := m.objects[b][key]
	if !ok {
		return nil, ErrNoObject
	}
	return io.NopCloser(bytes.NewReader(content)), nil // put never writes into what it stored
}

func (m *memory) list(_ context.Context, b Bucket, prefix, after string, limit int) ([]Object, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Object
	for key, content := range m.objects[b] {
		if strings.HasPrefix(key, prefix) && key > after {
			found = append(found, Object{key, int64(len(content))})
		}
	}
	slices.SortFunc(found, func(x, y Object) int { return strings.Compare(x.Key, y.Key) })
	return found[:min(limit, len(found))], nil
}

func (m *memory) close() error { return nil }
