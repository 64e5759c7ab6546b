// Package api has a script for each operation of the DynamoDB API: requests as a client sends them, each with the answer
// that AWS gives, to the byte. A script is a story; it starts with an empty server, and is played on each engine.
//
// Run it with -rewrite to write down what the server answers now, and read the difference.
package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/pingcap/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/statordb/stator"
	"github.com/statordb/stator/internal/kv/postgreskv/postgrestest"
	"github.com/statordb/stator/internal/kv/tikvkv"
	"github.com/statordb/stator/internal/kv/tikvkv/tikvtest"
)

const (
	target        = "DynamoDB_20120810."
	streamsTarget = "DynamoDBStreams_20120810."
	contentType   = "application/x-amz-json-1.0"
	host          = "dynamodb.example:8000"
	oneLine       = 110 // a body up to so many bytes is one line
	patience      = 30 * time.Second
)

func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts (%v)", err)
	}
	postgres := postgrestest.Start(t)
	for _, script := range scripts {
		name := strings.TrimSuffix(script, ".txt")
		t.Run(name+"/memory", func(t *testing.T) { play(t, script, stator.Options{Engine: stator.EngineMemory}) })
		t.Run(name+"/pebble", func(t *testing.T) {
			folder := t.TempDir()
			play(t, script, stator.Options{Engine: stator.EnginePebble, Data: folder})
			if _, err := stator.Check(t.Context(), stator.Options{Data: folder}, func(problem string) { t.Error(problem) }); err != nil {
				t.Error(err)
			}
		})
		t.Run(name+"/postgres", func(t *testing.T) {
			where := stator.Options{Engine: stator.EnginePostgres, EngineURL: postgres.URL()}
			play(t, script, where)
			if _, err := stator.Check(t.Context(), where, func(problem string) { t.Error(problem) }); err != nil {
				t.Error(err)
			}
		})
		t.Run(name+"/tikv", func(t *testing.T) { playOnTiKV(t, script) })
	}
}

// playOnTiKV plays a script on a mock of TiKV in this process.
func playOnTiKV(t *testing.T, script string) {
	log.ReplaceGlobals(zap.NewNop(), &log.ZapProperties{Core: zapcore.NewNopCore(), Level: zap.NewAtomicLevelAt(zapcore.FatalLevel)})
	cluster, err := tikvtest.New(3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	open := func() *tikvkv.DB {
		db, err := cluster.Open(tikvkv.Options{Prefix: []byte("api/")})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	playOn(t, script, stator.Options{Engine: stator.EngineTiKV}, func(o stator.Options) (*stator.Server, error) { return stator.OpenOn(open(), o) })
	db := open()
	_, err = stator.CheckOn(t.Context(), db, func(problem string) { t.Error(problem) })
	if err = errors.Join(err, db.Close()); err != nil {
		t.Error(err)
	}
}

// play runs a script on a server of its own. It limits throughput for the scripts on that alone.
func play(t *testing.T, script string, options stator.Options) {
	playOn(t, script, options, stator.Open)
}

func playOn(t *testing.T, script string, options stator.Options, open func(stator.Options) (*stator.Server, error)) {
	options.Auth = stator.AuthOpen
	options.Throttle = strings.HasPrefix(script, "throttle")
	server, err := open(options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}()
	p := player{server, map[string]string{}}
	datadriven.RunTest(t, script, func(t *testing.T, d *datadriven.TestData) string {
		switch d.Cmd {
		case "request":
			return p.request(t, d)
		case "records":
			return p.records(d.Input)
		case "http":
			return raw(server, d)
		case "wait":
			return wait(server, d.Input)
		}
		d.Fatalf(t, "there is no directive %s", d.Cmd)
		return ""
	})
}

// player plays a script.
type player struct {
	server http.Handler
	// remembered is what answers had that later requests need: $ShardId is the first ShardId of the last answer that had
	// one, and $ShardId2 the second.
	remembered map[string]string
}

var (
	memorable = regexp.MustCompile(`"(LatestStreamArn|StreamArn|LastEvaluatedStreamArn|ShardId|LastEvaluatedShardId|ImportArn|ExportArn|SequenceNumber|StartingSequenceNumber|EndingSequenceNumber|ShardIterator|NextShardIterator|BackupArn|LastEvaluatedBackupArn)": ?"([^"]*)"`)
	variable  = regexp.MustCompile(`\$[A-Z][A-Za-z]+[0-9]*`)
	streaming = []string{"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
)

// send sends the JSON of an operation.
func (p *player) send(operation, body string) *httptest.ResponseRecorder {
	prefix := target
	if slices.Contains(streaming, operation) {
		prefix = streamsTarget
	}
	w := serve(p.server, http.MethodPost, "/", http.Header{"Content-Type": {contentType}, "X-Amz-Target": {prefix + operation}}, body)
	n := map[string]int{}
	for _, m := range memorable.FindAllStringSubmatch(w.Body.String(), -1) {
		name := m[1]
		if n[m[1]]++; n[m[1]] > 1 {
			name += strconv.Itoa(n[m[1]])
		}
		p.remembered[name] = m[2]
	}
	return w
}

// recall puts in what was remembered.
func (p *player) recall(text string) string {
	return variable.ReplaceAllStringFunc(text, func(v string) string {
		if value, ok := p.remembered[v[1:]]; ok {
			return value
		}
		return v
	})
}

// request sends the JSON that follows the name of an operation. With the argument quiet the answer's body is not shown,
// unless it is an error. With until it is sent again until the answer has that text in it.
func (p *player) request(t *testing.T, d *datadriven.TestData) string {
	operation, body, _ := strings.Cut(d.Input, "\n")
	var until string
	d.MaybeScanArgs(t, "until", &until)
	var w *httptest.ResponseRecorder
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		w = p.send(operation, expand(p.recall(body)))
		if strings.Contains(w.Body.String(), until) || time.Now().After(end) {
			break
		}
	}
	if d.HasArg("quiet") && w.Code == http.StatusOK {
		return "200\n"
	}
	if w.Body.Len() == 0 {
		return fmt.Sprintf("%d\n", w.Code)
	}
	return fmt.Sprintf("%d\n%s\n", w.Code, show(w.Body.Bytes()))
}

// records shows all records of a stream, one shard after the other.
func (p *player) records(arn string) string {
	arn = p.recall(arn)
	var described struct {
		StreamDescription struct{ Shards []struct{ ShardId string } }
	}
	w := p.send("DescribeStream", `{"StreamArn":"`+arn+`"}`)
	if err := json.Unmarshal(w.Body.Bytes(), &described); err != nil || w.Code != http.StatusOK {
		return w.Body.String()
	}
	out := ""
	for _, shard := range described.StreamDescription.Shards {
		w := p.send("GetShardIterator", `{"StreamArn":"`+arn+`","ShardId":"`+shard.ShardId+`","ShardIteratorType":"TRIM_HORIZON"}`)
		var at struct{ ShardIterator string }
		if err := json.Unmarshal(w.Body.Bytes(), &at); err != nil || w.Code != http.StatusOK {
			return w.Body.String()
		}
		var got struct{ Records []json.RawMessage }
		w = p.send("GetRecords", `{"ShardIterator":"`+at.ShardIterator+`"}`)
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
			return w.Body.String()
		}
		for _, r := range got.Records {
			out += show(r) + "\n"
		}
	}
	return out
}

// wait waits until a table and all its indexes are what they are to be, and lists the indexes.
func wait(server http.Handler, name string) string {
	for {
		w := serve(server, http.MethodPost, "/", http.Header{
			"Content-Type": {contentType}, "X-Amz-Target": {target + "DescribeTable"},
		}, `{"TableName":"`+name+`"}`)
		var out struct {
			Table struct {
				TableStatus            string
				GlobalSecondaryIndexes []struct{ IndexName, IndexStatus string }
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusOK {
			return fmt.Sprintf("%d\n%s\n", w.Code, w.Body)
		}
		active := out.Table.TableStatus == "ACTIVE"
		list := ""
		for _, x := range out.Table.GlobalSecondaryIndexes {
			active = active && x.IndexStatus == "ACTIVE"
			list += x.IndexName + "\n"
		}
		if active {
			return list
		}
		time.Sleep(time.Millisecond)
	}
}

// raw sends a request of any form: a line with the method and the path, the headers, an empty line and the body. Of the
// answer's headers the ones that matter are shown.
func raw(server http.Handler, d *datadriven.TestData) string {
	head, body, _ := strings.Cut(d.Input, "\n--\n")
	lines := strings.Split(head, "\n")
	method, path, _ := strings.Cut(lines[0], " ")
	h := http.Header{}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	w := serve(server, method, path, h, expand(body))
	out := fmt.Sprintf("%d %s\n", w.Code, cmp.Or(w.Header().Get("Content-Type"), "without a Content-Type"))
	if got := w.Header().Get("X-Amz-Crc32"); method != http.MethodHead && got != strconv.FormatUint(uint64(crc32.ChecksumIEEE(w.Body.Bytes())), 10) {
		out += "X-Amz-Crc32 is not the body's: " + got + "\n"
	}
	if !requestID.MatchString(w.Header().Get("X-Amzn-Requestid")) {
		out += "X-Amzn-Requestid is none: " + w.Header().Get("X-Amzn-Requestid") + "\n"
	}
	if s := show(w.Body.Bytes()); s != "" {
		out += s + "\n"
	}
	return out
}

var requestID = regexp.MustCompile(`^[0-9A-Z]{52}$`)

func serve(server http.Handler, method, path string, h http.Header, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = host
	r.Header = h
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	return w
}

// Long texts are written as their length: x*409600 is so many x, and ([*40) is so many brackets. now-10 is ten seconds ago,
// in seconds since 1970.
var (
	moment   = regexp.MustCompile(`now([+-][0-9]+)`)
	longText = regexp.MustCompile(`([a-z])\*([0-9]+)`)
	repeated = regexp.MustCompile(`\(([^()]+)\*([0-9]+)\)`)
	longRun  = regexp.MustCompile(`a{200,}|b{200,}|g{200,}|h{200,}|k{200,}|x{200,}`)
)

func expand(body string) string {
	body = moment.ReplaceAllStringFunc(body, func(s string) string {
		n, _ := strconv.ParseInt(s[len("now"):], 10, 64)
		return strconv.FormatInt(time.Now().Unix()+n, 10)
	})
	for _, form := range []*regexp.Regexp{repeated, longText} {
		body = form.ReplaceAllStringFunc(body, func(s string) string {
			m := form.FindStringSubmatch(s)
			n, _ := strconv.Atoi(m[2])
			return strings.Repeat(m[1], n)
		})
	}
	return body
}

// What differs from one run to the next.
var volatile = []struct {
	form *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`"TableId": ?"[0-9a-f-]{36}"`), `"TableId":"…"`},
	{regexp.MustCompile(`"(\w+DateTime)": ?[0-9.]+`), `"$1":"…"`},
	{regexp.MustCompile(`"RevisionId": ?"[0-9]{13}"`), `"RevisionId":"…"`},
	{regexp.MustCompile(`shardId-[0-9]{20}-[0-9a-f]{8}`), `shardId-…`},
	{regexp.MustCompile(`/backup/[0-9]{14}-[0-9a-f]{8}`), `/backup/…`},
	{regexp.MustCompile(`(export|import|AWSDynamoDB)/[0-9]{14}-[0-9a-f]{8}`), `$1/…`},
	{regexp.MustCompile(`"(StartTime|EndTime|ExportTime|ExportFromTime|ExportToTime)": ?[0-9.E]+`), `"$1":"…"`},
	{regexp.MustCompile(`"ClientToken": ?"[0-9a-f-]{36}"`), `"ClientToken":"…"`},
	{regexp.MustCompile(`"eventID": ?"[0-9a-f]{32}"`), `"eventID":"…"`},
	{regexp.MustCompile(`\|1\|[A-Za-z0-9+/]{70,}=*`), `|1|…`},
}

// label is the label of a stream. Scripts write unknownLabel for one that no stream has.
var label = regexp.MustCompile(`20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}`)

const unknownLabel = "2026-01-01T00:00:00.000"

// plainError is an error that has no members but its message.
var plainError = regexp.MustCompile(`^\{"__type":"[^"]*"(,"[mM]essage":"([^"\\]|\\.)*")?\}$`)

// show prints a body as the scripts have it: what is short on one line, and so a plain error, else indented.
func show(body []byte) string {
	body = label.ReplaceAllFunc(body, func(l []byte) []byte {
		if string(l) == unknownLabel {
			return l
		}
		return []byte("label")
	})
	for _, v := range volatile {
		body = v.form.ReplaceAll(body, []byte(v.by))
	}
	body = longRun.ReplaceAllFunc(body, func(run []byte) []byte { return fmt.Appendf(nil, "%c*%d", run[0], len(run)) })
	var out bytes.Buffer
	if len(body) <= oneLine || plainError.Match(body) || json.Indent(&out, body, "", " ") != nil {
		return strings.TrimRight(string(body), " \n")
	}
	return join(out.String())
}

// join puts the lists and objects that are short on one line again.
func join(indented string) string {
	var out []string
	for _, line := range strings.Split(indented, "\n") {
		out = append(out, line)
		trimmed := strings.TrimLeft(line, " ")
		if trimmed[0] != '}' && trimmed[0] != ']' {
			continue
		}
		depth := len(line) - len(trimmed)
		open := len(out) - 2
		for len(out[open])-len(strings.TrimLeft(out[open], " ")) != depth {
			open--
		}
		whole := out[open]
		for i, l := range out[open+1:] {
			l = strings.TrimLeft(l, " ")
			if i > 0 && l[0] != '}' && l[0] != ']' {
				whole += " "
			}
			whole += l
		}
		if len(whole) <= oneLine {
			out = append(out[:open], whole)
		}
	}
	return strings.Join(out, "\n")
}
