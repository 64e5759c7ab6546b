package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/statordb/stator/internal/policy"
)

func open(t *testing.T, o Options) *Log {
	t.Helper()
	if o.OnError == nil {
		o.OnError = func(err error) { t.Error(err) }
	}
	l, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// lines are the events in files, each of which has to be whole.
func lines(t *testing.T, r io.Reader) []map[string]any {
	t.Helper()
	var all []map[string]any
	s := bufio.NewScanner(r)
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		var line map[string]any
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Fatalf("%v: %s", err, s.Text())
		}
		all = append(all, line)
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return all
}

func fileLines(t *testing.T, path string) []map[string]any {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return lines(t, bytes.NewReader(text))
}

var alice = policy.Principal{
	Type: policy.User, ARN: "arn:aws:iam::123456789012:user/Alice", Account: "123456789012", ID: "AIDAEXAMPLE", Name: "Alice",
}

func TestRecord(t *testing.T) {
	var out bytes.Buffer
	l := open(t, Options{Path: "-", Writer: &out})
	l.Write(&Event{
		Time: issued, Service: "iam", Operation: "CreateUser", Region: "eu-central-1", SourceIP: "192.0.2.1",
		UserAgent: "aws-cli/2", RequestID: "r-1", Principal: alice, AccessKeyID: "AKIAEXAMPLE",
		ErrorCode: "AccessDenied", ErrorMessage: "no <way>\nx-amz-security-token:abc",
		Resources: []string{
			"arn:aws:iam::123456789012:user/Bob", "*", "arn:aws:iam::123456789012:user/Bob", "arn:aws:iam::aws:policy/P",
			"arn:aws:dynamodb:eu-central-1:123456789012:table/t/index/i", "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/s",
		},
		Parameters: FromForm(maps.All(map[string]string{"UserName": "Bob"})),
		Additional: map[string]string{"MFAUsed": "No", "sessionToken": "s"},
		Decision: &policy.Decision{
			Denied: true, Type: policy.IdentityBased, Policy: "p", Statement: "s", Number: 2, Reason: "because",
		},
		TLS: &TLS{"TLSv1.3", "TLS_AES_128_GCM_SHA256", "db.example.com"},
	})
	got := lines(t, &out)[0]
	if _, err := uuid.Parse(got["eventID"].(string)); err != nil {
		t.Error(err)
	}
	delete(got, "eventID")
	text, _ := json.Marshal(got)
	sameJSON(t, string(text), `{
		"eventVersion": "1.11",
		"userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::123456789012:user/Alice",
			"accountId": "123456789012", "accessKeyId": "AKIAEXAMPLE", "userName": "Alice"},
		"eventTime": "2013-11-02T01:06:28Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser",
		"awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli/2",
		"errorCode": "AccessDenied", "errorMessage": "no <way>",
		"requestParameters": {"userName": "Bob"}, "responseElements": null,
		"additionalEventData": {"MFAUsed": "No", "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS", "authorization": {
			"decision": "ExplicitDeny", "policyType": "identity-based policy", "policy": "p", "statement": "s",
			"statementNumber": 2, "reason": "because"}},
		"requestID": "r-1", "readOnly": false,
		"resources": [
			{"accountId": "123456789012", "type": "AWS::IAM::User", "ARN": "arn:aws:iam::123456789012:user/Bob"},
			{"accountId": "aws", "type": "AWS::IAM::Policy", "ARN": "arn:aws:iam::aws:policy/P"},
			{"accountId": "123456789012", "type": "AWS::DynamoDB::Table",
				"ARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/t/index/i"},
			{"accountId": "123456789012", "type": "AWS::DynamoDB::Stream",
				"ARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/s"}],
		"eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "123456789012",
		"eventCategory": "Management",
		"tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
			"clientProvidedHostHeader": "db.example.com"}}`)
}

func TestCategoriesAndTypes(t *testing.T) {
	var out bytes.Buffer
	l := open(t, Options{Path: "-", Writer: &out, Data: true})
	l.Write(&Event{Service: "dynamodb", Operation: "GetItem", Region: "eu-west-1", Data: true, ReadOnly: true})
	l.Write(&Event{Service: "signin", Operation: "ConsoleLogin", Account: "210987654321", Principal: alice})
	all := lines(t, &out)
	for i, want := range []map[string]any{
		{"eventCategory": "Data", "managementEvent": false, "awsRegion": "eu-west-1", "eventType": "AwsApiCall", "readOnly": true},
		{"eventCategory": "Management", "awsRegion": "us-east-1", "eventType": "AwsConsoleSignIn", "recipientAccountId": "210987654321"},
	} {
		for name, value := range want {
			if all[i][name] != value {
				t.Errorf("%s of %v is %v", name, all[i]["eventName"], all[i][name])
			}
		}
	}

	out.Reset()
	l = open(t, Options{Path: "-", Writer: &out})
	l.Write(&Event{Data: true})
	(*Log)(nil).Write(&Event{})
	if out.Len() > 0 || l.Wants(true) || !l.Wants(false) || (*Log)(nil).Wants(false) {
		t.Error("events are logged that nobody wants")
	}
}

func TestLinesAreBounded(t *testing.T) {
	var out bytes.Buffer
	l := open(t, Options{Path: "-", Writer: &out})
	long := strings.Repeat("é", 1<<20)
	arns := make([]string, 1000)
	extra := map[string]string{}
	for i := range arns {
		arns[i] = fmt.Sprintf("arn:aws:iam::1:user/%d%.2000s", i, long)
		extra[fmt.Sprint(i)] = long
	}
	l.Write(&Event{
		Operation: long, Region: long, UserAgent: long, ErrorCode: long, ErrorMessage: long, AccessKeyID: long, RequestID: long,
		Principal:  policy.Principal{Type: policy.User, Name: long, ID: long, ARN: long, Session: &policy.Session{SourceIdentity: long}},
		Resources:  arns,
		Additional: extra,
		Parameters: FromJSON([]byte(`{"A":"` + long[:maxMembers-100] + `"}`)),
		Response:   FromJSON([]byte(`{"A":"` + long[:maxMembers+100] + `"}`)),
		TLS:        &TLS{long, long, long},
	})
	if out.Len() > 600<<10 {
		t.Errorf("%d bytes", out.Len())
	}
	got := lines(t, &out)[0]
	if agent := got["userAgent"].(string); agent != long[:maxText] {
		t.Errorf("user agent has %d bytes", len(agent))
	}
	if got["responseElements"].(map[string]any)["omitted"] != true {
		t.Error("the response is not left out")
	}
}

func TestManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "logs", "audit.log")
	l := open(t, Options{Path: path})
	const writers, events = 8, 200
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range events {
				l.Write(&Event{Service: "iam", RequestID: fmt.Sprintf("%d-%d", w, i), UserAgent: strings.Repeat("x", i)})
				if i == events/2 && w == 0 {
					if err := l.Reopen(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	ids := map[any]bool{}
	for _, line := range fileLines(t, path) {
		ids[line["requestID"]] = true
	}
	if len(ids) != writers*events {
		t.Errorf("%d of %d events", len(ids), writers*events)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
}

func TestRotation(t *testing.T) {
	dir := t.TempDir()
	l := open(t, Options{Path: filepath.Join(dir, "audit.log"), MaxSizeMB: 1})
	parameters := FromJSON([]byte(`{"A":"` + strings.Repeat("x", 90<<10) + `"}`))
	const events = 30
	for i := range events {
		l.Write(&Event{RequestID: fmt.Sprint(i), Parameters: parameters})
	}
	files, err := filepath.Glob(filepath.Join(dir, "audit*.log"))
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	n := 0
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 || info.Size() > 1<<20 {
			t.Error(file, info.Mode(), info.Size(), err)
		}
		n += len(fileLines(t, file))
	}
	if n != events {
		t.Errorf("%d of %d events", n, events)
	}
}

func TestOldFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	l := open(t, Options{Path: filepath.Join(dir, "audit.log"), MaxSizeMB: 1, MaxBackups: 1})
	parameters := FromJSON([]byte(`{"A":"` + strings.Repeat("x", 90<<10) + `"}`))
	for range 50 {
		l.Write(&Event{Parameters: parameters})
		time.Sleep(time.Millisecond) // the names of old files tell milliseconds
	}
	if err := l.Close(); err != nil { // it waits for the removal
		t.Fatal(err)
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(files) != 2 {
		t.Error(files, err)
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	path, moved := filepath.Join(dir, "audit.log"), filepath.Join(dir, "moved")
	l := open(t, Options{Path: path})
	l.Write(&Event{RequestID: "1"})
	if err := os.Rename(path, moved); err != nil {
		t.Fatal(err)
	}
	l.Write(&Event{RequestID: "2"})
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	l.Write(&Event{RequestID: "3"})
	if n := len(fileLines(t, moved)); n != 2 {
		t.Errorf("%d events in the file that was moved", n)
	}
	if now := fileLines(t, path); len(now) != 1 || now[0]["requestID"] != "3" {
		t.Error(now)
	}
}

func TestTornLineOfACrashIsEnded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.log")
	if err := os.WriteFile(path, []byte(`{"torn": `), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, Options{Path: path})
	l.Write(&Event{RequestID: "1"})
	l.Write(&Event{RequestID: "2"})
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rest, ok := bytes.CutPrefix(text, []byte("{\"torn\": \n"))
	if !ok || len(lines(t, bytes.NewReader(rest))) != 2 {
		t.Errorf("%s", text)
	}
}

// full is a disk that has no space for a while: it takes half of a line, then nothing.
type full struct {
	bytes.Buffer
	calls int
}

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	f.calls++
	switch f.calls {
	case 2:
		n, _ := f.Buffer.Write(p[:len(p)/2])
		return n, errFull
	case 3:
		return 0, errFull
	case 5:
		return f.Buffer.Write(p[:len(p)/2]) // what no writer should do
	}
	return f.Buffer.Write(p)
}

func TestErrorsAreTold(t *testing.T) {
	var told []error
	disk := &full{}
	l := open(t, Options{Path: "-", Writer: disk, OnError: func(err error) { told = append(told, err) }})
	for i := range 6 {
		l.Write(&Event{RequestID: fmt.Sprintf("r-%d", i+1)})
	}
	if disk.calls != 6 {
		t.Errorf("%d calls for 6 lines", disk.calls)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l.Write(&Event{RequestID: "r-7"})
	wants := []struct {
		id    string
		cause error
	}{{"r-2", errFull}, {"r-3", errFull}, {"r-5", io.ErrShortWrite}, {"r-7", os.ErrClosed}}
	if len(told) != len(wants) {
		t.Fatal(told)
	}
	for i, want := range wants {
		if !errors.Is(told[i], want.cause) || !strings.Contains(told[i].Error(), want.id) {
			t.Error(told[i])
		}
	}
	var whole []string
	for line := range strings.Lines(disk.String()) {
		var r record
		if json.Unmarshal([]byte(line), &r) == nil {
			whole = append(whole, r.RequestID)
		}
	}
	if fmt.Sprint(whole) != "[r-1 r-4 r-6]" {
		t.Error(whole)
	}
}

func TestNewFails(t *testing.T) {
	ignore := func(error) {}
	for name, o := range map[string]Options{
		"no OnError": {Path: "-"},
		"a folder":   {Path: t.TempDir(), OnError: ignore},
		"no folder":  {Path: "log_test.go/audit.log", OnError: ignore},
		"no path":    {OnError: ignore},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	l, err := New(Options{Path: "-", Writer: io.Discard, OnError: func(err error) { b.Error(err) }})
	if err != nil {
		b.Fatal(err)
	}
	e := &Event{
		Time: issued, Service: "dynamodb", Operation: "UpdateTable", Principal: alice,
		Resources:  []string{"arn:aws:dynamodb:eu-central-1:123456789012:table/t"},
		Parameters: FromJSON([]byte(`{"TableName":"t"}`)), Decision: &policy.Decision{Allowed: true},
	}
	b.ReportAllocs()
	for b.Loop() {
		l.Write(e)
	}
}
