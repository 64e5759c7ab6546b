package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/itemfile"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/table"
)

// MaxImports is how many imports may be unfinished at a time in a region (developer guide, "Import format quotas and validation").
const MaxImports = 50

// Import is an import of a new table.
type Import struct {
	Common
	// Options say how the objects are to be read; the kinds of the keys come from Create.
	InputFormat itemfile.Format      `json:"inputFormat"`
	Compression itemfile.Compression `json:"compression"`
	Delimiter   string               `json:"delimiter,omitempty"`
	Header      []string             `json:"header,omitempty"`
	// Create is the table to be made.
	Create *table.Descriptor `json:"create"`
	// Parameters are what was asked for, in the words of the request.
	Parameters []byte `json:"parameters"`

	// Processed counts items, Size their bytes after decompression, up to the cursor.
	Processed int64 `json:"processed"`
	Imported  int64 `json:"imported"`
	Errors    int64 `json:"errors"`
	Size      int64 `json:"size"`
	// Cursor is the last object that was read to its end, and Records how many items of the next are done.
	Cursor  string `json:"cursor,omitempty"`
	Records int64  `json:"records,omitempty"`
	// Base is the size of the objects up to the cursor.
	Base int64 `json:"base,omitempty"`
	// Read: all objects are done.
	Read bool `json:"read,omitempty"`
}

func (*Import) direction() keyspace.Direction { return keyspace.Import }

// StartImport begins an import, or returns the one that was begun with the same token and the same hash of the request. It gives the
// import its id, and its table the id that the table will have.
//
// ErrConflict, ErrExists, ErrLimit: as they say.
func (s *Service) StartImport(ctx context.Context, i Import, hash [32]byte) (*Import, error) {
	before, err := s.used(ctx, i.Scope, i.Token, hash)
	if err != nil {
		return nil, err
	}
	if before != nil {
		if b, ok := before.(*Import); ok {
			return b, nil
		}
		return nil, ErrConflict
	}
	if _, err := s.tables.Table(ctx, i.Scope, i.Table); !errors.Is(err, table.ErrNotFound) {
		if err == nil {
			err = ErrExists
		}
		return nil, err
	}
	switch n, of, err := s.count(ctx, keyspace.Import, i.Scope, i.Table); {
	case err != nil:
		return nil, err
	case of:
		return nil, ErrExists
	case n >= MaxImports:
		return nil, ErrLimit
	}
	now := s.now()
	i.ID, i.Status, i.Started = newID(now), InProgress, now
	i.TableID = uuid.NewString()
	i.Create.UUID, i.Create.Creating = i.TableID, true
	err = s.begin(ctx, &i, hash)
	if errors.Is(err, errRepeated) {
		return s.StartImport(ctx, i, hash)
	}
	return &i, err
}

// Import returns an import, or ErrNotFound.
func (s *Service) Import(ctx context.Context, scope table.Scope, name, id string) (*Import, error) {
	return get[Import](ctx, s, scope, name, id)
}

// Imports lists imports of a scope, of one table or of all if name is "", by table and time, after one if after is not nil.
func (s *Service) Imports(ctx context.Context, scope table.Scope, name string, after *Common, limit int) ([]*Import, bool, error) {
	return list[Import](ctx, s, scope, name, after, limit)
}

// The failures of imports that the guide names ("Import format quotas and validation").
var (
	errNoBucket = &failure{"S3NoSuchBucket", "The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket)"}
	errNoObject = &failure{"S3NoSuchKey", "There is no object in the bucket whose key begins with the prefix"}
	errItems    = &failure{"ItemValidationError", "Some of the items failed validation checks and were not imported. Please check the log of the server for more details."}
)

const (
	// listed is how many objects are listed at a time.
	listed = 100
	// One transaction of an import writes at most so many items or about so many bytes, and so many go on side by side.
	batchItems   = 100
	batchBytes   = 256 << 10
	batchesAside = 4
	// saveEvery is how often the progress is written down.
	saveEvery = 250 * time.Millisecond
	// maxLogged is how many errors of an import are logged.
	maxLogged = 100
)

// run imports from where the record says.
func (i *Import) run(s *Service) error {
	found, err := s.objects.List(s.ctx, i.Bucket, i.Prefix, i.Cursor, listed)
	switch {
	case errors.Is(err, objects.ErrNoBucket):
		return errNoBucket
	case err != nil:
		return err
	case len(found) == 0 && i.Cursor == "":
		return errNoObject
	}
	d, err := i.table(s)
	if err != nil {
		return err
	}
	w := &importing{Import: i, s: s, d: d, saved: time.Now()}
	for !i.Read {
		for _, o := range found {
			if err := w.object(o.Key); err != nil {
				return err
			}
		}
		if len(found) < listed {
			i.Read = true
		}
		if err := w.save(); err != nil {
			return err
		}
		if found, err = s.objects.List(s.ctx, i.Bucket, i.Prefix, i.Cursor, listed); err != nil {
			return err
		}
	}
	if i.Errors > 0 {
		return errItems
	}
	return s.end(i, Completed, "", "")
}

// table makes the table, unless that was done before.
func (i *Import) table(s *Service) (*table.Descriptor, error) {
	d, err := s.tables.Create(s.ctx, *i.Create)
	if !errors.Is(err, table.ErrExists) {
		return d, err
	}
	if d, err = s.tables.Table(s.ctx, i.Scope, i.Table); err != nil {
		return nil, err
	}
	if d.UUID != i.TableID {
		return nil, &failure{"ResourceInUseException", "Table already exists: " + i.Table}
	}
	return d, nil
}

// activate puts the table, if it was made, into use.
func (i *Import) activate(s *Service) error {
	d, err := s.tables.Table(s.ctx, i.Scope, i.Table)
	if errors.Is(err, table.ErrNotFound) || err == nil && (d.UUID != i.TableID || !d.Creating) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.tables.Change(s.ctx, i.Scope, i.Table, func(d *table.Descriptor) error {
		d.Creating = false
		return nil
	})
	return err
}

// importing is an import at work.
type importing struct {
	*Import
	s      *Service
	d      *table.Descriptor
	saved  time.Time
	logged int

	// batches are full, and fill is being filled. Good and bad are the items since the record was last right.
	batches   []*batch
	fill      *batch
	good, bad int64
}

// batch is the items of one transaction by their keys. An item that comes twice is there as it came last.
type batch struct {
	items map[string]attribute.Value
	size  int
}

// save writes the progress down.
func (w *importing) save() error {
	if err := w.s.renew(w.ID); err != nil {
		return err
	}
	w.s.progressed(w.ID)
	w.saved = time.Now()
	return w.s.save(w.Import)
}

// options are how the objects are read.
func (w *importing) options() itemfile.Options {
	o := itemfile.Options{Format: w.InputFormat, Compression: w.Compression, Header: w.Header, Kinds: map[string]attribute.Kind{}}
	for _, r := range w.Delimiter {
		o.Delimiter = r
	}
	for _, a := range w.d.Definitions {
		o.Kinds[a.Name] = a.Kind
	}
	return o
}

// object imports one object, from where the record left it. A file that can't be read any further is an error of one item, and the rest of
// it is skipped, as AWS may do.
func (w *importing) object(key string) error {
	if w.Records == 0 {
		w.Base = w.Size
	}
	in, err := w.s.objects.Open(w.s.ctx, w.Bucket, key)
	if errors.Is(err, objects.ErrNoObject) { // deleted since it was listed
		w.refuse(key, w.Records, err)
		return w.left(key, nil)
	}
	if err != nil {
		return fmt.Errorf("object %q: %w", key, err)
	}
	defer func() { _ = in.Close() }() // it was read
	source := &watched{Reader: in}
	r, err := itemfile.NewReader(source, w.options())
	if err == nil {
		defer r.Close()
		err = w.items(key, r)
	} else if w.Records == 0 {
		w.refuse(key, 0, err)
		err = nil
	} else { // that was said before
		err = nil
	}
	switch {
	case source.err != nil: // the store is to blame, not the file: it will be tried again
		return fmt.Errorf("object %q: %w", key, source.err)
	case err != nil:
		return err
	}
	return w.left(key, r)
}

// watched remembers why reading from the store failed.
type watched struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (r *watched) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// items imports the items of a file that the record does not count yet.
func (w *importing) items(key string, r *itemfile.Reader) error {
	skip := w.Records
	for n := int64(0); ; n++ {
		item, err := r.Next()
		var one *itemfile.ItemError
		end := err != nil && !errors.As(err, &one)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case n < skip:
		case err != nil:
			w.refuse(key, n, err)
		default:
			if err := w.s.check(w.d, item); err != nil {
				w.refuse(key, n, err)
				break
			}
			w.add(item)
		}
		if end {
			return nil
		}
		if len(w.batches) == batchesAside || w.bad >= batchItems*batchesAside {
			if err := w.flush(r); err != nil {
				return err
			}
		}
	}
}

// refuse counts and logs an item that can't be imported.
func (w *importing) refuse(key string, index int64, err error) {
	w.bad++
	if w.logged++; w.logged <= maxLogged {
		w.s.log.Warn("transfer: an item was not imported", "import", w.ID, "table", w.Table, "bucket", w.Bucket.Name, "key", key, "itemIndex", index, "error", err)
	} else if w.logged == maxLogged+1 {
		w.s.log.Warn("transfer: further items that are not imported are only counted", "import", w.ID)
	}
}

func (w *importing) add(item attribute.Value) {
	w.good++
	if w.fill == nil {
		w.fill = &batch{items: map[string]attribute.Value{}}
	}
	w.fill.items[string(w.d.KeyOf(nil, item))] = item
	if w.fill.size += len(item); len(w.fill.items) >= batchItems || w.fill.size >= batchBytes {
		w.batches, w.fill = append(w.batches, w.fill), nil
	}
}

// flush writes what was read, and then counts it.
func (w *importing) flush(r *itemfile.Reader) error {
	if w.fill != nil {
		w.batches, w.fill = append(w.batches, w.fill), nil
	}
	g, ctx := errgroup.WithContext(w.s.ctx)
	for _, b := range w.batches {
		g.Go(func() error { return w.write(ctx, b) })
	}
	w.batches = w.batches[:0]
	if err := g.Wait(); err != nil {
		return err
	}
	w.Records += w.good + w.bad
	w.Processed += w.good + w.bad
	w.Imported += w.good
	w.Errors += w.bad
	w.good, w.bad = 0, 0
	if r != nil {
		w.Size = w.Base + r.Size()
	}
	if time.Since(w.saved) < saveEvery {
		return nil
	}
	return w.save()
}

// left goes on to the next object.
func (w *importing) left(key string, r *itemfile.Reader) error {
	if err := w.flush(r); err != nil {
		return err
	}
	w.Cursor, w.Records = key, 0
	return nil
}

// write writes the items of a batch in one transaction.
func (w *importing) write(ctx context.Context, b *batch) error {
	d := w.d
	for {
		writes := make([]table.Write, 0, len(b.items))
		for _, item := range b.items {
			writes = append(writes, table.Write{Table: d, Key: d.KeyOf(nil, item), Apply: func(attribute.Value) (attribute.Value, error) { return item, nil }})
		}
		_, err := w.s.tables.Write(ctx, writes, nil)
		if !errors.Is(err, table.ErrStale) {
			return err
		}
		if d, err = w.s.tables.Table(ctx, w.Scope, w.Table); errors.Is(err, table.ErrNotFound) || err == nil && d.UUID != w.TableID {
			return &failure{"ResourceNotFoundException", "Requested resource not found: Table: " + w.Table + " not found"}
		}
		if err != nil {
			return err
		}
	}
}
