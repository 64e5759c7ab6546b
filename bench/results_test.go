package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestHistogramQuantiles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h, half histogram
	var values []time.Duration
	for i := range 20_000 {
		value := time.Duration(random.ExpFloat64() * float64(time.Millisecond))
		values = append(values, value)
		if i%2 == 0 {
			h.record(value)
		} else {
			half.record(value)
		}
	}
	h.add(&half)
	slices.Sort(values)
	for _, q := range []float64{0, 0.5, 0.99, 1} {
		want := values[int(q*float64(len(values)-1))]
		if got := h.quantile(q); max(got, want)-min(got, want) > want/20+1 {
			t.Errorf("quantile %v is %s, want about %s", q, got, want)
		}
	}
}

func TestHistogramBuckets(t *testing.T) {
	for i := range 59 * subBuckets {
		if start := bucketStart(i); bucketOf(start) != i || bucketOf(bucketStart(i+1)-1) != i {
			t.Fatalf("bucket %d starts at %d, which is in bucket %d", i, start, bucketOf(start))
		}
	}
}

func TestItemsAreAsLongAsTheySay(t *testing.T) {
	var item map[string]map[string]string
	if err := json.Unmarshal([]byte(itemJSON(1234)), &item); err != nil {
		t.Fatal(err)
	}
	size := 0
	for name, value := range item {
		size += len(name) + len(value["S"])
		if number, ok := value["N"]; ok {
			n, _ := strconv.Atoi(number)
			size += 1 + min(n, 1) // a zero takes one byte, a digit two
		}
	}
	if size != itemBytes {
		t.Errorf("an item has %d bytes", size)
	}
}

// Two connections that wrote one item would measure contention, which is another question.
func TestWritersNeverShareAnItem(t *testing.T) {
	s := newSigner("127.0.0.1:1", testCredentials())
	for _, op := range operations() {
		bodies := map[string]bool{}
		items := map[string]int{}
		for i := range op.distinct {
			body := op.body(i)
			if !json.Valid([]byte(body)) {
				t.Fatalf("%s: not JSON: %s", op.name, body)
			}
			bodies[body] = true
			if strings.Contains(op.name, "Write") || strings.Contains(op.name, "Put") {
				for part := range strings.SplitSeq(body, "item-") {
					if label, _, ok := strings.Cut(part, ":"); ok && len(label) == 6 {
						if other, taken := items[label]; taken && other != i {
							t.Fatalf("%s: requests %d and %d write item %s", op.name, other, i, label)
						}
						items[label] = i
					}
				}
			}
		}
		if len(bodies) != op.distinct && op.target != "Scan" {
			t.Errorf("%s: %d different requests, not %d", op.name, len(bodies), op.distinct)
		}
		pool, err := pool(t.Context(), []*signer{s}, operation{target: op.target, distinct: 50, body: op.body, want: op.want}, 7)
		if err != nil || len(pool)%7 != 0 {
			t.Errorf("%s: a pool of %d for 7 connections, %v", op.name, len(pool), err)
		}
	}
}

// someResults has Stator at half of the limit and a peer that lacks the second operation.
func someResults(putRate float64) *results {
	r := &comparison{
		Date:     "2026-01-02",
		Machine:  machine{Cores: 2, Go: "go1", OS: "linux", Processor: "Some <CPU> & more", SyncMicros: 250},
		Settings: settings{MeasureSeconds: 1, Rounds: 3, ItemBytes: 1024, Items: 10000, Operations: []string{"GetItem", "PutItem"}, Connections: []int{1, 32}},
		Servers: []serverResult{
			{Name: "stator", Title: "Stator"}, {Name: bareName, Title: "bare"},
			{Name: "dynalite", Title: "dynalite"}, {Name: "dynamodb-local", Title: "DynamoDB Local", Skipped: "skipped: java is not on this machine"},
		},
	}
	for _, n := range r.Settings.Connections {
		r.Cells = append(r.Cells,
			cellResult{Server: "stator", Operation: "GetItem", Connections: n, Rate: 10000, P50Micros: 90},
			cellResult{Server: bareName, Operation: "GetItem", Connections: n, Rate: 20000},
			cellResult{Server: "dynalite", Operation: "GetItem", Connections: n, Rate: 1000},
			cellResult{Server: "stator", Operation: "PutItem", Connections: n, Rate: putRate},
			cellResult{Server: bareName, Operation: "PutItem", Connections: n, Rate: 20000},
		)
	}
	return &results{Comparison: r, Scaling: someScaling(2.5)}
}

// someScaling has one engine, over which three servers do so many times as much as one and are limited by it.
func someScaling(growth float64) *scaling {
	r := &scaling{
		Date: "2026-01-03", Machine: machine{Cores: 2, Go: "go1", OS: "linux", Processor: "Some <CPU> & more"},
		Settings: fleetSettings{MeasureSeconds: 1, Rounds: 3, Servers: []int{1, 3}, Connections: 48, ServerRequests: 4, RoundTripMicros: 4000},
	}
	for _, op := range scalingOperations() {
		r.Operations = append(r.Operations, op.name)
	}
	for _, k := range engineKinds() {
		r.Engines = append(r.Engines, engineResult{Name: k.name, Title: k.title, Note: k.note, Bound: "half a core"})
		for _, op := range r.Operations {
			r.Cells = append(r.Cells,
				scalingResult{Engine: k.name, Operation: op, Servers: 1, Rate: 1000, P50Micros: 48000, EnginePart: 0.3, MachinePart: 0.5},
				scalingResult{Engine: k.name, Operation: op, Servers: 3, Rate: 1000 * growth, P50Micros: 20000, EnginePart: 0.97, MachinePart: 0.95})
			r.Free = append(r.Free, scalingResult{Engine: k.name, Operation: op, Servers: 1, Rate: 5000, ServersCPUMicros: 210, EngineCPUMicros: 90})
		}
	}
	return r
}

func TestMarkdown(t *testing.T) {
	text := markdown(someResults(8000), true)
	for _, want := range []string{
		"| GetItem | 32 | 10,000/s | 0.50 | 10.0 |", "| PutItem | 32 | 8,000/s | 0.40 | – |",
		"java is not on this machine", "250 µs", "| GetItem | 1 | Stator | 10,000/s | 90 µs |",
		"| PostgreSQL | PutItem | 1,000/s | **2.50** |", "| PostgreSQL | Mixed | 3 | 2,500/s | 20.0 ms |", "| 97% | 95% | engine |", "| 30% | 50% | servers |",
		"| PostgreSQL | GetItem | 5,000/s | 0 µs | 0 µs | 210 µs | 90 µs |",
		"](results.svg)", "](scaling.svg)", "half a core",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestTargets(t *testing.T) {
	if err := checkTargets(io.Discard, someResults(8000)); err != nil {
		t.Error(err)
	}
	if err := checkTargets(io.Discard, someResults(3000)); err == nil {
		t.Error("a missed target passed")
	}
	slow := &results{Scaling: someScaling(1.4)}
	if err := checkTargets(io.Discard, slow); err == nil {
		t.Error("servers that add nothing passed")
	}
	for _, r := range []*results{{}, {Comparison: &comparison{}}, {Scaling: &scaling{}}} {
		if err := checkTargets(io.Discard, r); err == nil {
			t.Error("a target that was not measured passed")
		}
	}
	for _, r := range []*results{{Comparison: someResults(8000).Comparison}, {Scaling: someScaling(2.5)}} {
		if err := checkTargets(io.Discard, r); err != nil {
			t.Errorf("one part alone: %v", err)
		}
	}
}

// What is measured anew takes the place of what was, and nothing else does.
func TestResultsKeepWhatWasNotMeasured(t *testing.T) {
	older, newer := someResults(8000), &results{Scaling: someScaling(3)}
	newer.keep(older)
	if newer.Comparison != older.Comparison || newer.Scaling == older.Scaling {
		t.Error("the comparison is lost, or the new scaling")
	}
}

// named counts the elements with a title of their own in a picture.
func named(t *testing.T, text string) (count int) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if element, ok := token.(xml.StartElement); ok && element.Name.Local == "title" {
			count++
		}
	}
}

func TestScalingPictureIsWellFormed(t *testing.T) {
	r := someScaling(2.5)
	text := scalingPicture(r)
	if points := named(t, text); points != len(r.Cells) || strings.Count(text, "stroke-dasharray") != len(r.Engines) {
		t.Errorf("%d points in\n%s", points, text)
	}
}

func TestPictureIsWellFormed(t *testing.T) {
	text := picture(someResults(8000).Comparison)
	bars := named(t, text)
	if bars != 3 || !strings.Contains(text, "not supported") || !strings.Contains(text, "50%") {
		t.Errorf("%d bars in\n%s", bars, text)
	}
}

func TestResultsFileKeepsEverything(t *testing.T) {
	folder := t.TempDir()
	r := someResults(8000)
	if err := writeResults(folder, r); err != nil {
		t.Fatal(err)
	}
	again, err := readResults(filepath.Join(folder, "results.json"))
	if err != nil || markdown(again, true) != markdown(r, true) || picture(again.Comparison) != picture(r.Comparison) ||
		scalingPicture(again.Scaling) != scalingPicture(r.Scaling) {
		t.Errorf("what is read back renders differently, %v", err)
	}
}
