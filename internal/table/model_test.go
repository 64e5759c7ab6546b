package table

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/keyspace"
)

// The model of a table is a list of items. It knows nothing of keys in bytes: it compares values.
type model []attribute.Value

var attributeNames = []string{"a", "b", "c", "d", "e"}

var keyKinds = rapid.SampledFrom([]attribute.Kind{attribute.String, attribute.Number, attribute.Binary})

// drawScalar draws from few values, so that items meet in partitions and at the ends of ranges.
func drawScalar(t *rapid.T, kind attribute.Kind, label string) attribute.Value {
	if kind == attribute.Number {
		text := rapid.SampledFrom([]string{"0", "1", "-1", "1.5", "-1.5", "10", "100", "-100", "1e100", "-1e-100", "99", "0.001"}).Draw(t, label)
		n, _ := attribute.ParseNumber(text)
		return attribute.NewNumber(n)
	}
	text := rapid.SampledFrom([]string{"a", "b", "ab", "a\x00", "a\x00b", "\x00", "\x00\x00", "\x01", "\xff", "\xff\xff", "a\xff", "zz", strings.Repeat("long", 70)}).Draw(t, label)
	if kind == attribute.String {
		return attribute.NewString(text)
	}
	return attribute.NewBinary([]byte(text))
}

func drawTable(t *rapid.T, name string) Descriptor {
	kinds := map[string]attribute.Kind{}
	for _, n := range append([]string{"p", "s"}, attributeNames...) {
		kinds[n] = keyKinds.Draw(t, "kind of "+n)
	}
	key := func(n string) KeyAttribute { return KeyAttribute{n, kinds[n]} }
	d := Descriptor{Scope: testScope, Name: name, Partition: key("p")}
	if rapid.Bool().Draw(t, "has sort key") {
		sort := key("s")
		d.Sort = &sort
		for i := range rapid.IntRange(0, 2).Draw(t, "local indexes") {
			x := &Index{Name: fmt.Sprint("l", i), Local: true, Partition: []KeyAttribute{d.Partition}}
			x.Sort = []KeyAttribute{key(rapid.SampledFrom(attributeNames).Draw(t, "local sort"))}
			d.Indexes = append(d.Indexes, x)
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "global indexes") {
		names := rapid.Permutation(append([]string{"p", "s"}, attributeNames...)).Draw(t, "attributes")
		parts := rapid.IntRange(1, 4).Draw(t, "partitions")
		sorts := rapid.IntRange(0, 7-parts).Draw(t, "sorts")
		x := &Index{Name: fmt.Sprint("g", i)}
		for _, n := range names[:parts] {
			x.Partition = append(x.Partition, key(n))
		}
		for _, n := range names[parts : parts+min(sorts, 4)] {
			x.Sort = append(x.Sort, key(n))
		}
		d.Indexes = append(d.Indexes, x)
	}
	for _, x := range d.Indexes {
		x.Projection = rapid.SampledFrom([]string{"ALL", "KEYS_ONLY", "INCLUDE"}).Draw(t, "projection")
		if x.Projection == "INCLUDE" {
			x.NonKey = rapid.SliceOfN(rapid.SampledFrom(append([]string{"p", "other"}, attributeNames...)), 1, 3).Draw(t, "include")
		}
	}
	return d
}

func kindOf(d *Descriptor, name string) attribute.Kind {
	for _, x := range d.Indexes {
		for _, k := range append(slices.Clone(x.Partition), x.Sort...) {
			if k.Name == name {
				return k.Kind
			}
		}
	}
	return attribute.String
}

func drawItem(t *rapid.T, d *Descriptor) attribute.Value {
	names, values := []string{"p"}, []attribute.Value{drawScalar(t, d.Partition.Kind, "p")}
	kind := kindOf(d, "s")
	if d.Sort != nil {
		kind = d.Sort.Kind
	}
	if d.Sort != nil || rapid.Bool().Draw(t, "has s") {
		names, values = append(names, "s"), append(values, drawScalar(t, kind, "s"))
	}
	for _, n := range attributeNames {
		switch rapid.IntRange(0, 9).Draw(t, "has "+n) {
		case 0:
		case 1: // of another kind than an index wants
			names, values = append(names, n), append(values, attribute.NewBool(true))
		default:
			names, values = append(names, n), append(values, drawScalar(t, kindOf(d, n), n))
		}
	}
	names = append(names, "other")
	values = append(values, attribute.NewList([]attribute.Value{attribute.NewInt(int64(rapid.IntRange(0, 3).Draw(t, "other")))}))
	order := rapid.Permutation([]int{0, 1}).Draw(t, "order") // attributes may come in any order
	if order[0] == 1 {
		slices.Reverse(names)
		slices.Reverse(values)
	}
	return attribute.NewMap(names, values)
}

func keysOf(d *Descriptor, x *Index) (partition, sort []KeyAttribute) {
	if x != nil {
		return x.Partition, x.Sort
	}
	if d.Sort != nil {
		sort = []KeyAttribute{*d.Sort}
	}
	return []KeyAttribute{d.Partition}, sort
}

func (m model) find(d *Descriptor, key attribute.Value) int {
	return slices.IndexFunc(m, func(it attribute.Value) bool {
		return attribute.Equal(d.KeyOf(nil, it), d.KeyOf(nil, key))
	})
}

// of returns what an index shows of the items, or the table.
func (m model) of(d *Descriptor, x *Index, whole bool) (found []attribute.Value) {
	partition, sort := keysOf(d, x)
	for _, it := range m {
		in := true
		for _, k := range append(slices.Clone(partition), sort...) {
			in = in && it.Field(k.Name).Kind() == k.Kind
		}
		if !in {
			continue
		}
		if x == nil || whole || x.Projection == "ALL" {
			found = append(found, it)
			continue
		}
		shown := map[string]bool{"p": true, "s": d.Sort != nil}
		for _, k := range append(slices.Clone(partition), sort...) {
			shown[k.Name] = true
		}
		if x.Projection == "INCLUDE" {
			for _, n := range x.NonKey {
				shown[n] = true
			}
		}
		var b attribute.MapBuilder
		for n, v := range it.Fields() {
			if shown[string(n)] {
				b.Add(string(n), v)
			}
		}
		found = append(found, b.Value())
	}
	return found
}

func compareSort(sort []KeyAttribute, a, b attribute.Value) int {
	for _, k := range sort {
		if c := attribute.Compare(a.Field(k.Name), b.Field(k.Name)); c != 0 {
			return cmp.Compare(c, 0)
		}
	}
	return 0
}

// sameItems compares without regard to order.
func sameItems(t *rapid.T, what string, got, want []attribute.Value) {
	t.Helper()
	rest := slices.Clone(want)
	for _, g := range got {
		i := slices.IndexFunc(rest, func(w attribute.Value) bool { return attribute.Equal(g, w) })
		if i < 0 {
			t.Fatalf("%s: %s should not be there", what, g)
		}
		rest = slices.Delete(rest, i, i+1)
	}
	if len(rest) > 0 {
		t.Fatalf("%s: %s is missing", what, rest[0])
	}
}

func TestModel(t *testing.T) {
	ctx := context.Background()
	db := openDB(t)
	db.RunTwice(true)
	s := openStore(t, db, Options{})
	tables := 0
	rapid.Check(t, func(t *rapid.T) {
		tables++
		d := must[*Descriptor](t)(s.Create(ctx, drawTable(t, fmt.Sprint("t", tables))))
		var m model
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			for range rapid.IntRange(0, 12).Draw(t, "writes") {
				m.write(t, s, d)
			}
			m.checkScans(t, s, d)
			for range rapid.IntRange(0, 5).Draw(t, "queries") {
				m.checkQuery(t, s, d)
			}
		}
		var st stats // counted now: what Stats answers may be older on a busy machine
		if err := s.count(ctx, d, &st); err != nil {
			t.Fatal(err)
		}
		if got := int(st.counts[keyspace.Items(d.ID)].Items); got != len(m) {
			t.Fatalf("%d items counted, there are %d", got, len(m))
		}
		for _, x := range d.Indexes {
			if got, want := int(st.counts[keyspace.Entries(x.ID, x.Local)].Items), len(m.of(d, x, false)); got != want {
				t.Fatalf("%d entries counted in %s, there are %d", got, x.Name, want)
			}
		}
		sum, err := Check(ctx, db, func(p Problem) { t.Errorf("%v", p) })
		if err != nil || int(sum.Items) < len(m) {
			t.Fatalf("%+v %v", sum, err)
		}
		if tables%5 == 0 { // the check should not get slower and slower
			must[*Descriptor](t)(s.Drop(ctx, testScope, d.Name, nil))
		}
	})
}

// write does one change, of one or several items, in the store and in the model.
func (m *model) write(t *rapid.T, s *Store, d *Descriptor) {
	var writes []Write
	after := slices.Clone(*m)
	refused := false
	for range rapid.IntRange(1, 3).Draw(t, "items") {
		it := drawItem(t, d)
		if slices.ContainsFunc(writes, func(w Write) bool {
			return attribute.Equal(d.KeyOf(nil, w.Key), d.KeyOf(nil, it))
		}) {
			continue
		}
		i := m.find(d, it)
		var old attribute.Value
		if i >= 0 {
			old = (*m)[i]
		}
		next := it
		var err error
		switch rapid.IntRange(0, 9).Draw(t, "change") {
		case 0, 1:
			next = nil
		case 2:
			next = old
		case 3:
			if rapid.Bool().Draw(t, "refuse") {
				err, refused = errors.New("refused"), true
			}
		}
		if j := after.find(d, it); j >= 0 {
			after = slices.Delete(after, j, j+1)
		}
		if next != nil {
			after = append(after, next)
		}
		writes = append(writes, Write{Table: d, Key: it, Apply: func(got attribute.Value) (attribute.Value, error) {
			if !bytes.Equal(got, old) {
				t.Fatalf("old is %s, want %s", got, old)
			}
			return next, err
		}})
	}
	written, err := s.Write(context.Background(), writes, nil)
	if refused {
		if !errors.Is(err, ErrRefused) {
			t.Fatalf("refused: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range written {
		j := m.find(d, writes[i].Key)
		if (w.Old == nil) != (j < 0) || j >= 0 && !bytes.Equal(w.Old, (*m)[j]) {
			t.Fatalf("old is %s", w.Old)
		}
	}
	*m = after
}

func (m model) checkScans(t *rapid.T, s *Store, d *Descriptor) {
	for _, it := range m {
		if got := get(t, s, d, it); !bytes.Equal(got, it) {
			t.Fatalf("got %s, want %s", got, it)
		}
	}
	indexes := append([]*Index{nil}, d.Indexes...)
	x := rapid.SampledFrom(indexes).Draw(t, "scan of")
	sameItems(t, "scan", scan(t, s, Scan{Table: d, Index: x}), m.of(d, x, false))
	total := rapid.IntRange(1, 5).Draw(t, "segments")
	var all []attribute.Value
	for i := range total {
		part := scan(t, s, Scan{Table: d, Index: x, Segment: i, Total: total})
		for _, it := range part {
			if !d.InSegment(x, d.KeyOf(x, it), i, total) || total > 1 && d.InSegment(x, it, (i+1)%total, total) {
				t.Fatalf("%s is not in segment %d of %d", it, i, total)
			}
		}
		all = append(all, m.page(t, s, d, x, func(start attribute.Value, visit Visit) error {
			return s.Scan(context.Background(), Scan{Table: d, Index: x, Segment: i, Total: total, Start: start}, visit)
		})...)
	}
	sameItems(t, "scan by segments and pages", all, m.of(d, x, false))
}

// page reads page by page.
func (m model) page(t *rapid.T, s *Store, d *Descriptor, x *Index, read func(start attribute.Value, visit Visit) error) (all []attribute.Value) {
	var start attribute.Value
	for {
		limit, n := rapid.IntRange(1, 5).Draw(t, "page"), 0
		err := read(start, func(it attribute.Value) (bool, error) {
			all = append(all, slices.Clone(it))
			n++
			return n < limit, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n < limit {
			return all
		}
		start = d.KeyOf(x, all[len(all)-1])
	}
}

func (m model) checkQuery(t *rapid.T, s *Store, d *Descriptor) {
	x := rapid.SampledFrom(append([]*Index{nil}, d.Indexes...)).Draw(t, "query of")
	q := Query{Table: d, Index: x, Limit: rapid.IntRange(0, 3).Draw(t, "limit"), Whole: x != nil && x.Local && rapid.Bool().Draw(t, "whole")}
	partition, sort := keysOf(d, x)
	// Mostly of values that are there.
	near := model(m.of(d, x, true))
	var like attribute.Value
	if len(near) > 0 && rapid.IntRange(0, 9).Draw(t, "there") > 0 {
		like = rapid.SampledFrom(near).Draw(t, "like")
	}
	value := func(k KeyAttribute, label string) attribute.Value {
		if v := like.Field(k.Name); v != nil && rapid.IntRange(0, 3).Draw(t, "same") > 0 {
			return v
		}
		return drawScalar(t, k.Kind, label)
	}
	for _, k := range partition {
		v := like.Field(k.Name)
		if v == nil {
			v = drawScalar(t, k.Kind, "partition")
		}
		q.Partition = append(q.Partition, v)
	}
	for _, k := range sort[:rapid.IntRange(0, len(sort)).Draw(t, "equalities")] {
		q.Equal = append(q.Equal, value(k, "equal"))
	}
	if len(q.Equal) < len(sort) {
		k := sort[len(q.Equal)]
		switch rapid.IntRange(0, 4).Draw(t, "range") {
		case 0:
		case 1:
			q.Range = &Bounds{Low: value(k, "low"), LowOpen: rapid.Bool().Draw(t, "open")}
		case 2:
			q.Range = &Bounds{High: value(k, "high"), HighOpen: rapid.Bool().Draw(t, "open")}
		case 3:
			q.Range = &Bounds{Low: value(k, "low"), High: value(k, "high")}
		case 4:
			if k.Kind != attribute.Number {
				v := value(k, "prefix")
				q.Range = &Bounds{Prefix: v}
			}
		}
	}
	matches := func(it attribute.Value) bool {
		for i, k := range partition {
			if !attribute.Equal(it.Field(k.Name), q.Partition[i]) {
				return false
			}
		}
		for i, v := range q.Equal {
			if !attribute.Equal(it.Field(sort[i].Name), v) {
				return false
			}
		}
		b := q.Range
		if b == nil {
			return true
		}
		v := it.Field(sort[len(q.Equal)].Name)
		if b.Prefix != nil {
			return bytes.HasPrefix(v.Text(), b.Prefix.Text())
		}
		if b.Low != nil {
			if c := attribute.Compare(v, b.Low); c < 0 || c == 0 && b.LowOpen {
				return false
			}
		}
		if b.High != nil {
			if c := attribute.Compare(v, b.High); c > 0 || c == 0 && b.HighOpen {
				return false
			}
		}
		return true
	}
	want := slices.DeleteFunc(m.of(d, x, q.Whole), func(it attribute.Value) bool { return !matches(it) })
	got := query(t, s, q)
	sameItems(t, fmt.Sprintf("query %+v", q), got, want)
	if !slices.IsSortedFunc(got, func(a, b attribute.Value) int { return compareSort(sort, a, b) }) {
		t.Fatalf("query %+v: not in order: %v", q, got)
	}
	run := func(start attribute.Value, visit Visit) error {
		q := q
		q.Start = start
		return s.Query(context.Background(), q, visit)
	}
	equalLists := func(what string, a, b []attribute.Value) {
		if !slices.EqualFunc(a, b, func(v, w attribute.Value) bool { return bytes.Equal(v, w) }) {
			t.Fatalf("query %+v %s: %v, want %v", q, what, a, b)
		}
	}
	equalLists("by pages", m.page(t, s, d, x, run), got)
	slices.Reverse(got)
	q.Reverse = true
	equalLists("backward", query(t, s, q), got)
	equalLists("backward by pages", m.page(t, s, d, x, run), got)
}
