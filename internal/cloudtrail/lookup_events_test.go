package cloudtrail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

const (
	account = "111122223333"
	other   = "444455556666"
	region  = "us-east-1"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fixture is the service over a log of a test's own.
type fixture struct {
	t    *testing.T
	path string
	log  *audit.Log
	*Service
}

func newFixture(t *testing.T) *fixture {
	path := filepath.Join(t.TempDir(), "audit.log")
	log, err := audit.New(audit.Options{Path: path, Data: true, OnError: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	return &fixture{t, path, log, New(log)}
}

// write logs an event of a user of an account, some minutes after noon.
func (f *fixture) write(account, operation string, minute int, change ...func(*audit.Event)) {
	e := &audit.Event{Time: noon.Add(time.Duration(minute) * time.Minute), Service: "iam", Operation: operation,
		Principal: policy.Principal{Type: policy.User, Account: account, Name: "ada", ARN: "arn:aws:iam::" + account + ":user/ada"}}
	for _, c := range change {
		c(e)
	}
	f.log.Write(e)
}

// ask looks events up. Members are those of the input in JSON, without the braces.
func (f *fixture) ask(account, region, members string) (names []string, next string, err error) {
	f.t.Helper()
	all := f.Operations()
	op := all[slices.IndexFunc(all, func(o awsapi.Operation) bool { return o.Name == "LookupEvents" })]
	call, err := op.Decode(&awsapi.Request{Caller: &policy.Principal{Account: account}, Region: region, Body: []byte("{" + members + "}")})
	if err != nil {
		return nil, "", err
	}
	if need := call.Needs(); len(need) != 1 || need[0].Action != "cloudtrail:LookupEvents" {
		f.t.Errorf("it needs %v", need)
	}
	answer, err := call.Run(context.Background(), nil)
	if err != nil {
		return nil, "", err
	}
	var out struct {
		Events []struct {
			EventName       string
			CloudTrailEvent string
		}
		NextToken string
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		f.t.Fatalf("%s: %v", answer, err)
	}
	for _, e := range out.Events {
		if !json.Valid([]byte(e.CloudTrailEvent)) {
			f.t.Errorf("the event is %s", e.CloudTrailEvent)
		}
		names = append(names, e.EventName)
	}
	return names, out.NextToken, nil
}

func (f *fixture) want(what, members string, want ...string) {
	f.t.Helper()
	got, next, err := f.ask(account, region, members)
	if err != nil || next != "" || !slices.Equal(got, want) {
		f.t.Errorf("%s: %v %q %v, want %v", what, got, next, err, want)
	}
}

func TestLookupEvents(t *testing.T) {
	f := newFixture(t)
	f.write(account, "CreateUser", 0, func(e *audit.Event) { e.Resources = []string{"arn:aws:iam::" + account + ":user/team/eve"} })
	f.write(account, "ListUsers", 1, func(e *audit.Event) { e.ReadOnly, e.AccessKeyID = true, "AKIAEXAMPLE" })
	f.write(other, "DeleteUser", 2)
	f.write(other, "AssumeRole", 3, func(e *audit.Event) { e.Account = account }) // of the role's account too
	f.write(account, "GetItem", 4, func(e *audit.Event) { e.Service, e.Region, e.Data = "dynamodb", region, true })
	f.write(account, "CreateTable", 5, func(e *audit.Event) {
		e.Service, e.Region, e.Resources = "dynamodb", region, []string{"arn:aws:dynamodb:us-east-1:" + account + ":table/things/index/i"}
	})
	f.write(account, "CreateTable", 6, func(e *audit.Event) { e.Service, e.Region = "dynamodb", "eu-west-1" })
	f.write("", "ConsoleLogin", 7, func(e *audit.Event) { e.Service, e.Principal.Name = "signin", account }) // a stranger's, in whose name the id is
	f.write(account, "ConsoleLogin", 8, func(e *audit.Event) {
		e.Service, e.Principal = "signin", policy.Principal{Type: policy.Root, Account: account}
	})

	f.want("all", ``, "ConsoleLogin", "CreateTable", "AssumeRole", "ListUsers", "CreateUser")
	f.want("a range", fmt.Sprintf(`"StartTime":%d,"EndTime":%d`, noon.Add(time.Minute).Unix(), noon.Add(3*time.Minute).Unix()), "AssumeRole", "ListUsers")
	f.want("insights", `"EventCategory":"insight"`)
	for attribute, want := range map[string][]string{
		`"EventName","AttributeValue":"CreateUser"`:               {"CreateUser"},
		`"Username","AttributeValue":"root"`:                      {"ConsoleLogin"},
		`"Username","AttributeValue":"ada"`:                       {"CreateTable", "AssumeRole", "ListUsers", "CreateUser"},
		`"ReadOnly","AttributeValue":"true"`:                      {"ListUsers"},
		`"AccessKeyId","AttributeValue":"AKIAEXAMPLE"`:            {"ListUsers"},
		`"EventSource","AttributeValue":"dynamodb.amazonaws.com"`: {"CreateTable"},
		`"ResourceName","AttributeValue":"things"`:                {"CreateTable"},
		`"ResourceName","AttributeValue":"eve"`:                   {"CreateUser"},
		`"ResourceType","AttributeValue":"AWS::IAM::User"`:        {"CreateUser"},
		`"EventId","AttributeValue":"nobody's"`:                   nil,
		`"EventName","AttributeValue":"DeleteUser"`:               nil, // another account's
	} {
		f.want(attribute, `"LookupAttributes":[{"AttributeKey":`+attribute+`}]`, want...)
	}
	if got, _, err := f.ask(account, "eu-west-1", ``); err != nil || !slices.Equal(got, []string{"CreateTable"}) {
		t.Errorf("another region: %v %v", got, err)
	}
	if got, _, err := f.ask(other, region, ``); err != nil || !slices.Equal(got, []string{"DeleteUser"}) {
		t.Errorf("another account: %v %v", got, err)
	}
}

// Every event is on one page, whatever their size, while others are written; what is no event is passed over.
func TestPages(t *testing.T) {
	f := newFixture(t)
	for i := range 23 {
		f.write(account, fmt.Sprint("Operation", i), i)
		f.write(other, "Noise", i)
		if i%5 == 0 {
			broken(t, f.path, "{\"eventName\": \""+account+"\n\n"+strings.Repeat("x", i*1000)+"\n")
		}
	}
	var got []string
	token := ""
	for i := range 10 {
		names, next, err := f.ask(account, region, `"MaxResults":5`+token)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, names...)
		if next == "" {
			break
		}
		token = `,"NextToken":"` + next + `"`
		f.write(account, "Later", 30+i)
		if _, _, err := f.ask(other, region, `"MaxResults":5`+token); err == nil {
			t.Error("another account may go on with the token")
		}
		if _, _, err := f.ask(account, region, `"MaxResults":5,"StartTime":0`+token); err == nil {
			t.Error("the token is good for another question")
		}
	}
	if len(got) != 23 || got[0] != "Operation22" || got[22] != "Operation0" || !slices.IsSortedFunc(got, func(a, b string) int { return number(b) - number(a) }) {
		t.Errorf("%d events: %v", len(got), got)
	}
}

func number(name string) (n int) {
	_, _ = fmt.Sscanf(name, "Operation%d", &n) // its own
	return n
}

// broken writes what a crash may leave behind.
func broken(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func TestNoLog(t *testing.T) {
	f := &fixture{t: t, Service: New(nil)}
	f.want("without a log", ``)
}

func TestBadInput(t *testing.T) {
	f := newFixture(t)
	for members, code := range map[string]string{
		`"MaxResults":0`:              "InvalidMaxResultsException",
		`"MaxResults":51`:             "InvalidMaxResultsException",
		`"StartTime":60,"EndTime":30`: "InvalidTimeRangeException",
		`"EventCategory":"x"`:         "InvalidEventCategoryException",
		`"NextToken":"x"`:             "InvalidNextTokenException",
		`"NextToken":""`:              "InvalidNextTokenException",
		`"LookupAttributes":[{}]`:     "InvalidLookupAttributesException",
		`"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":""}]`:                                                    "InvalidLookupAttributesException",
		`"LookupAttributes":[{"AttributeKey":"Colour","AttributeValue":"red"}]`:                                                    "InvalidLookupAttributesException",
		`"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"` + strings.Repeat("x", 2001) + `"}]`:                   "InvalidLookupAttributesException",
		`"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"a"},{"AttributeKey":"EventName","AttributeValue":"b"}]`: "InvalidLookupAttributesException",
	} {
		_, _, err := f.ask(account, region, members)
		if e, ok := errors.AsType[*awsapi.Error](err); !ok || e.Code != code || e.Status != 400 {
			t.Errorf("%.100s: %v, want %s", members, err, code)
		}
	}
}
