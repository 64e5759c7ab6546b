package identity

import (
	"encoding/base64"
	"slices"
	"strings"
)

// maxItems is how many elements a page has if nobody says.
const maxItems = 100

// page collects one page of a list, element by element, in the order of their names.
type page[T any] struct {
	max   int
	items []T
	last  string // the name of the last element
	more  bool
}

// newPage begins the page after a marker, which is the name of the last element of the page before, encoded.
func newPage[T any](marker *string, max *int32) (p *page[T], after string, err error) {
	p = &page[T]{max: maxItems, items: []T{}}
	if max != nil {
		p.max = int(*max)
	}
	if marker != nil {
		name, err := base64.RawURLEncoding.DecodeString(*marker)
		if err != nil || len(name) == 0 {
			return nil, "", validationError("Invalid Marker.")
		}
		after = string(name)
	}
	return p, after, nil
}

// add adds an element. It reports false if the page was full already, and there are more.
func (p *page[T]) add(name string, item T) bool {
	if len(p.items) == p.max {
		p.more = true
		return false
	}
	p.items, p.last = append(p.items, item), name
	return true
}

// marker is where the next page begins, nil after the last one.
func (p *page[T]) marker() *string {
	if !p.more {
		return nil
	}
	m := base64.RawURLEncoding.EncodeToString([]byte(p.last))
	return &m
}

// pageOf is a page of a list that is in memory. Its elements are ordered by their names, which differ.
func pageOf[T any](list []T, name func(T) string, marker *string, max *int32) (*page[T], error) {
	p, after, err := newPage[T](marker, max)
	if err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b T) int { return strings.Compare(name(a), name(b)) })
	for _, item := range list {
		if n := name(item); (after == "" || n > after) && !p.add(n, item) {
			break
		}
	}
	return p, nil
}

// pageOfKind is a page of the entities of a kind whose paths begin with prefix.
func pageOfKind[R any, T any](v *view, k kind, prefix, marker *string, max *int32, base func(*R) *entity, show func(*R) (T, error)) (*page[T], error) {
	p, after, err := newPage[T](marker, max)
	if err != nil {
		return nil, err
	}
	err = each(v, k, after, func(rec *R) (bool, error) {
		b := base(rec)
		if prefix != nil && !strings.HasPrefix(b.Path, *prefix) {
			return true, nil
		}
		item, err := show(rec)
		return err == nil && p.add(b.Name, item), err
	})
	return p, err
}

func self(name string) string { return name }
