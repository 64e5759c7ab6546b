package transfer

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/itemfile"
	"github.com/statordb/stator/internal/keyspace"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/table"
)

// MaxExports is how many exports may be unfinished at a time in a region (developer guide, "Quotas in Amazon DynamoDB").
const MaxExports = 300

// Export is an export of a table as it was at a time, or of its changes from one time to another.
type Export struct {
	Common
	// Owner is the S3BucketOwner that was given.
	Owner        string          `json:"owner,omitempty"`
	OutputFormat itemfile.Format `json:"outputFormat"`
	SSEAlgorithm string          `json:"sseAlgorithm,omitempty"`
	SSEKey       string          `json:"sseKey,omitempty"`
	// Time is the moment of a full export. From and To are the window of an incremental one: To is not in it. View is what it has of
	// each change.
	Time time.Time `json:"time,omitzero"`
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	View string    `json:"view,omitempty"`

	// Point is what the table package holds as long as the export is unfinished.
	Point uint64 `json:"point"`
	// Items and Size, in bytes, are what the files up to the cursor have. Cursor is where the next file begins.
	Items  int64  `json:"items"`
	Size   int64  `json:"size"`
	Files  int    `json:"files"`
	Cursor []byte `json:"cursor,omitempty"`
	// Read: all is in files.
	Read bool `json:"read,omitempty"`
}

// NewImages is the view of an incremental export without the items as they were before.
const NewImages = "NEW_IMAGE"

func (*Export) direction() keyspace.Direction { return keyspace.Export }

// Incremental says whether it is an incremental export.
func (e *Export) Incremental() bool { return !e.From.IsZero() }

// ARN is the export's.
func (e *Export) ARN() string {
	return "arn:aws:dynamodb:" + e.Scope.Region + ":" + e.Scope.Account + ":table/" + e.Table + "/export/" + e.ID
}

// StartExport begins an export, or returns the one that was begun with the same token and the same hash of the request. It gives the
// export its id, and its Time if that is zero, which means now.
//
// ErrConflict and ErrLimit: as they say. table.ErrNotFound, table.ErrNoRecovery and table.ErrMoment: the table is not there, can't be
// read as it was, or not as it was at that time.
func (s *Service) StartExport(ctx context.Context, e Export, hash [32]byte) (*Export, error) {
	asked := e
	before, err := s.used(ctx, e.Scope, e.Token, hash)
	if err != nil {
		return nil, err
	}
	if before != nil {
		if b, ok := before.(*Export); ok {
			return b, nil
		}
		return nil, ErrConflict
	}
	switch n, _, err := s.count(ctx, keyspace.Export, e.Scope, e.Table); {
	case err != nil:
		return nil, err
	case n >= MaxExports:
		return nil, ErrLimit
	}
	now := s.now()
	e.ID, e.Status, e.Started = newID(now), InProgress, now
	at := e.Time
	if e.Incremental() {
		at = e.From.Add(-time.Nanosecond) // what was changed at From is in the window
	}
	point, err := s.tables.Hold(ctx, e.Scope, e.Table, at, e.ARN())
	if err != nil {
		return nil, err
	}
	e.Point, e.TableID = point.ID, point.Table.UUID
	if !e.Incremental() {
		e.Time = time.Unix(0, point.At)
	}
	if err := s.begin(ctx, &e, hash); err != nil {
		err = errors.Join(err, s.tables.Release(ctx, point.ID))
		if errors.Is(err, errRepeated) {
			return s.StartExport(ctx, asked, hash)
		}
		return nil, err
	}
	return &e, nil
}

// Export returns an export, or ErrNotFound.
func (s *Service) Export(ctx context.Context, scope table.Scope, name, id string) (*Export, error) {
	return get[Export](ctx, s, scope, name, id)
}

// Exports lists exports as Imports lists imports.
func (s *Service) Exports(ctx context.Context, scope table.Scope, name string, after *Common, limit int) ([]*Export, bool, error) {
	return list[Export](ctx, s, scope, name, after, limit)
}

const (
	// A file is put when it has so many bytes, compressed; it is in memory until then. A page more may be in it.
	fileBytes = 8 << 20
	// pageItems is how many items are read at a time.
	pageItems = 500
)

// run exports from where the record says.
func (e *Export) run(s *Service) error {
	point, err := s.tables.Held(s.ctx, e.Point)
	if err != nil {
		return err
	}
	if e.Files == 0 { // it proves that the bucket can be written
		if err := s.objects.Put(s.ctx, e.Bucket, e.folder()+"_started", nil); err != nil {
			return s3Failure(err)
		}
	}
	w := &exporting{Export: e, s: s, point: point}
	w.begin()
	for next := e.Cursor; !e.Read; {
		if next, err = w.page(next); err != nil {
			return err
		}
		if next != nil && w.packed.Len() < fileBytes {
			continue
		}
		if err := w.put(next); err != nil {
			return err
		}
		if next == nil {
			break
		}
	}
	if err := e.manifests(s); err != nil {
		return err
	}
	return s.end(e, Completed, "", "")
}

// s3Failure is the failure for a bucket or key that can't be; other errors may pass.
func s3Failure(err error) error {
	if errors.Is(err, objects.ErrName) {
		return &failure{"S3NoSuchBucket", "The specified bucket does not exist"}
	}
	return err
}

// Root is where all exports with one prefix are, and folder where this one's own files are (developer guide, "DynamoDB table export
// output format").
func (e *Export) Root() string {
	prefix := strings.Trim(e.Prefix, "/")
	if prefix != "" {
		prefix += "/"
	}
	return prefix + "AWSDynamoDB/"
}

func (e *Export) folder() string { return e.Root() + e.ID + "/" }

// Manifest is the key of the summary.
func (e *Export) Manifest() string { return e.folder() + "manifest-summary.json" }

func (e *Export) filesManifest() string { return e.folder() + "manifest-files.json" }

// dataKey is the key of a data file. It follows from the export's id and the file's number: when a file is written again after a crash,
// it takes the place of what there was. Files of incremental exports are all in one folder.
func (e *Export) dataKey(number int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", e.ID, number))
	name := strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
	ending := ".json.gz"
	if e.OutputFormat == itemfile.Ion {
		ending = ".ion.gz"
	}
	if e.Incremental() {
		return e.Root() + "data/" + name + ending
	}
	return e.folder() + "data/" + name + ending
}

// exporting is an export at work: the file that is being made.
type exporting struct {
	*Export
	s      *Service
	point  *table.Point
	packed bytes.Buffer
	gzip   *gzip.Writer
	line   bytes.Buffer
	items  int64
	size   int64
}

func (w *exporting) begin() {
	w.packed.Reset()
	w.items, w.size = 0, 0
	if w.gzip == nil {
		w.gzip = gzip.NewWriter(&w.packed)
	} else {
		w.gzip.Reset(&w.packed)
	}
}

// page adds the items from a cursor on to the file, and returns where to go on.
func (w *exporting) page(from []byte) (next []byte, err error) {
	if w.Incremental() {
		return w.s.tables.ReadChanges(w.s.ctx, w.point, w.To.Add(-time.Nanosecond), from, pageItems, w.change)
	}
	return w.s.tables.ReadPoint(w.s.ctx, w.point, from, pageItems, func(item attribute.Value) error {
		w.line.Reset()
		if err := itemfile.AppendItem(&w.line, w.OutputFormat, item); err != nil {
			return err
		}
		return w.add(attribute.ItemSize(item))
	})
}

// change adds a change. An item that was made and deleted within the window is not in it.
func (w *exporting) change(d table.Difference) error {
	if d.Old == nil && d.New == nil {
		return nil
	}
	c := itemfile.Change{Keys: d.Key, Old: d.Old, New: d.New, Micros: d.Changed / 1000}
	if w.View == NewImages {
		c.Old = nil
	}
	w.line.Reset()
	if err := itemfile.AppendChange(&w.line, w.OutputFormat, c); err != nil {
		return err
	}
	return w.add(attribute.ItemSize(d.Key) + attribute.ItemSize(c.Old) + attribute.ItemSize(c.New))
}

func (w *exporting) add(size int) error {
	w.items++
	w.size += int64(size)
	_, err := w.gzip.Write(w.line.Bytes())
	return err
}

// fileRecord is a line of manifest-files.json.
type fileRecord struct {
	ItemCount     int64  `json:"itemCount"`
	MD5Checksum   string `json:"md5Checksum"`
	ETag          string `json:"etag"`
	DataFileS3Key string `json:"dataFileS3Key"`
}

// put stores the file and writes down that it is there; next is where the one after it begins, nil if there is none.
func (w *exporting) put(next []byte) error {
	if err := w.gzip.Close(); err != nil {
		return err
	}
	key := w.dataKey(w.Files)
	if err := w.s.objects.Put(w.s.ctx, w.Bucket, key, w.packed.Bytes()); err != nil {
		return s3Failure(err)
	}
	sum := md5.Sum(w.packed.Bytes())
	line, err := json.Marshal(fileRecord{w.items, base64.StdEncoding.EncodeToString(sum[:]), hex.EncodeToString(sum[:]), key})
	if err != nil {
		return err
	}
	if err := w.s.renew(w.ID); err != nil {
		return err
	}
	w.s.progressed(w.ID)
	after := *w.Export
	after.Items += w.items
	after.Size += w.size
	after.Files++
	after.Cursor, after.Read = next, next == nil
	err = w.s.db.Update(w.s.ctx, func(tx kv.Txn) error {
		if err := tx.Lock(w.s.ctx, keyOf(&after)); err != nil {
			return err
		}
		if err := tx.Set(keyspace.TransferFile(w.ID, w.Files), line); err != nil {
			return err
		}
		return set(tx, &after)
	})
	if err != nil {
		return err
	}
	*w.Export = after
	w.begin()
	return nil
}

// summary is manifest-summary.json (developer guide, "DynamoDB table export output format").
type summary struct {
	Version            string  `json:"version"`
	ExportARN          string  `json:"exportArn"`
	StartTime          string  `json:"startTime"`
	EndTime            string  `json:"endTime"`
	TableARN           string  `json:"tableArn"`
	TableID            string  `json:"tableId"`
	ExportTime         string  `json:"exportTime,omitempty"`
	ExportFromTime     string  `json:"exportFromTime,omitempty"`
	ExportToTime       string  `json:"exportToTime,omitempty"`
	S3Bucket           string  `json:"s3Bucket"`
	S3Prefix           *string `json:"s3Prefix"`
	S3SSEAlgorithm     string  `json:"s3SseAlgorithm"`
	S3SSEKMSKeyID      *string `json:"s3SseKmsKeyId"`
	ManifestFilesS3Key string  `json:"manifestFilesS3Key"`
	BilledSizeBytes    int64   `json:"billedSizeBytes"`
	ItemCount          int64   `json:"itemCount"`
	OutputFormat       string  `json:"outputFormat"`
	OutputView         string  `json:"outputView,omitempty"`
	ExportType         string  `json:"exportType,omitempty"`
}

// The versions of the summaries of full and of incremental exports.
const (
	fullVersion        = "2020-06-30"
	incrementalVersion = "2023-08-01"
)

// manifests writes the manifests, each with its checksum.
func (e *Export) manifests(s *Service) error {
	var files bytes.Buffer
	start, end := keyspace.TransferFiles(e.ID)
	err := s.db.View(s.ctx, func(r kv.Reader) error {
		files.Reset()
		return r.Scan(s.ctx, kv.Range{Start: start, End: end}, func(_, line []byte) (bool, error) {
			files.Write(line)
			files.WriteByte('\n')
			return true, nil
		})
	})
	if err != nil {
		return err
	}
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
	optional := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	m := summary{
		Version: fullVersion, ExportARN: e.ARN(), StartTime: stamp(e.Started), EndTime: stamp(s.now()),
		TableARN: strings.TrimSuffix(e.ARN(), "/export/"+e.ID), TableID: e.TableID,
		S3Bucket: e.Bucket.Name, S3Prefix: optional(e.Prefix), S3SSEAlgorithm: e.SSEAlgorithm, S3SSEKMSKeyID: optional(e.SSEKey),
		ManifestFilesS3Key: e.filesManifest(), BilledSizeBytes: e.Size, ItemCount: e.Items, OutputFormat: string(e.OutputFormat),
	}
	if e.Incremental() {
		m.Version, m.ExportFromTime, m.ExportToTime = incrementalVersion, stamp(e.From), stamp(e.To)
		m.OutputView, m.ExportType = e.View, "INCREMENTAL_EXPORT"
	} else {
		m.ExportTime = stamp(e.Time)
	}
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		key     string
		content []byte
	}{{e.filesManifest(), files.Bytes()}, {e.Manifest(), text}} {
		sum := md5.Sum(f.content)
		if err := s.objects.Put(s.ctx, e.Bucket, f.key, f.content); err != nil {
			return err
		}
		if err := s.objects.Put(s.ctx, e.Bucket, strings.TrimSuffix(f.key, ".json")+".md5", []byte(base64.StdEncoding.EncodeToString(sum[:]))); err != nil {
			return err
		}
	}
	return nil
}
