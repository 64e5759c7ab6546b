package crash_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// The judges allow what can be, and nothing else.
func TestJudgeRegister(t *testing.T) {
	value := func(id string) item { return item{"op": str(id)} }
	nothing := &write{}
	finished := func(id string, begin, end int64) *write { return &write{id, value(id), begin, end} }
	open := func(id string, begin int64) *write { return &write{id, value(id), begin, unknown} }
	gone := &write{"d", nil, 10, 11}
	for _, c := range []struct {
		name   string
		writes []*write
		found  item
		ok     bool
	}{
		{"the acknowledged one", []*write{nothing, finished("a", 1, 2)}, value("a"), true},
		{"an acknowledged one is missing", []*write{nothing, finished("a", 1, 2)}, nil, false},
		{"an older one is back", []*write{nothing, finished("a", 1, 2), finished("b", 3, 4)}, value("a"), false},
		{"either of two at once", []*write{nothing, finished("a", 1, 4), finished("b", 2, 3)}, value("a"), true},
		{"or the other", []*write{nothing, finished("a", 1, 4), finished("b", 2, 3)}, value("b"), true},
		{"a later one without an answer", []*write{nothing, finished("a", 1, 2), open("b", 3)}, value("b"), true},
		{"which may not have happened", []*write{nothing, finished("a", 1, 2), open("b", 3)}, value("a"), true},
		{"one without an answer does not excuse a loss", []*write{nothing, finished("a", 1, 2), open("b", 3)}, nil, false},
		{"one without an answer may come late", []*write{nothing, open("a", 1), finished("b", 2, 3)}, value("a"), true},
		{"a delete that was acknowledged", []*write{nothing, finished("a", 1, 2), gone}, value("a"), false},
		{"other content", []*write{nothing, finished("a", 1, 2)}, item{"op": str("a"), "x": str("y")}, false},
	} {
		if err := judge(c.writes, c.found); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestJudgeHistory(t *testing.T) {
	h := newHistory()
	a := h.begin("r", "a", item{"op": str("a")})
	h.told("r", a, done)
	b := h.begin("r", "b", item{"op": str("b")})
	h.told("r", b, lost)
	if !h.seen("r", "b") || h.seen("r", "c") {
		t.Error("seen does not know what was written")
	}
	c := h.begin("r", "c", item{"op": str("c")})
	h.told("r", c, refused)
	if err := judge(h.writes["r"], a.item); err == nil {
		t.Error("what a reader saw may not be taken back")
	}
	if err := judge(h.writes["r"], c.item); err == nil {
		t.Error("what was refused may not be there")
	}
	found := &findings{}
	h.settle(map[string]item{"r": b.item, "other": b.item}, found)
	if all := found.all(); len(all) != 1 || !strings.Contains(all[0], "nobody wrote") {
		t.Errorf("findings %q", all)
	}
	if err := judge(h.writes["r"], nil); err == nil {
		t.Error("the next round does not start from what was found")
	}
}

func TestJudgeCounter(t *testing.T) {
	for _, c := range []struct {
		n  int
		ok bool
	}{{11, false}, {12, true}, {13, true}, {14, false}} {
		counter := &counter{base: 10, told: make(map[int]bool)}
		for _, now := range []int{11, 12} {
			if err := counter.ack(now); err != nil {
				t.Error(err)
			}
		}
		counter.lost = 1
		if err := counter.judge(c.n); (err == nil) != c.ok {
			t.Errorf("%d: %v", c.n, err)
		}
	}
	counter := &counter{base: 10, told: make(map[int]bool)}
	if counter.ack(11) != nil || counter.ack(11) == nil || counter.ack(10) == nil {
		t.Error("increments that were told the same, or less than there was, are allowed")
	}
}

func TestJudgeBank(t *testing.T) {
	b := newBank()
	sent := &transfer{id: "t", from: 0, to: 1, amount: 5, outcome: done}
	b.transfers["t"] = sent
	balances := func(first, second int) map[string]int {
		m := make(map[string]int)
		for i := range accounts {
			m[account(i)] = deposit
		}
		m[account(0)] += first
		m[account(1)] += second
		return m
	}
	there, empty := map[string]item{"t": sent.entry()}, map[string]item{}
	for _, c := range []struct {
		name     string
		outcome  outcome
		balances map[string]int
		ledger   map[string]item
		wrong    int
	}{
		{"done", done, balances(-5, 5), there, 0},
		{"unknown and done", lost, balances(-5, 5), there, 0},
		{"unknown and not done", lost, balances(0, 0), empty, 0},
		{"acknowledged and missing", done, balances(0, 0), empty, 1},
		{"refused and there", refused, balances(-5, 5), there, 1},
		{"the money never came", done, balances(-5, 0), there, 1},
		{"without a ledger entry", lost, balances(-5, 5), empty, 2},
		{"done twice", done, balances(-10, 10), there, 2},
	} {
		sent.outcome = c.outcome
		if wrong := b.judge(c.balances, c.ledger); len(wrong) != c.wrong {
			t.Errorf("%s: %v", c.name, wrong)
		}
	}
}

func TestJudgeIndex(t *testing.T) {
	items := []item{
		{"pk": str("a"), "sk": num(1), "flag": str("yes"), "x": num(1)},
		{"pk": str("a"), "sk": num(2), "x": num(1)},
	}
	x := indexShape{name: "by-flag", hash: "flag", project: []string{"pk", "sk", "flag"}}
	want := x.expect(items)["yes"]
	for _, c := range []struct {
		name  string
		got   []item
		wrong int
	}{
		{"as it is", []item{{"pk": str("a"), "sk": num(1), "flag": str("yes")}}, 0},
		{"missing", nil, 1},
		{"twice", []item{want[0], want[0]}, 1},
		{"another", items[1:], 2},
		{"too much in it", items[:1], 2},
	} {
		found := &findings{}
		compareEntries("index", c.got, want, found)
		if all := found.all(); len(all) != c.wrong {
			t.Errorf("%s: %q", c.name, all)
		}
	}
}

func TestJudgePairs(t *testing.T) {
	both, found := pairRegisters(3), &findings{}
	items := map[string]item{both[0]: {"op": str("a")}, both[1]: {"op": str("a")}}
	verifyPairs(items, found)
	delete(items, both[1])
	verifyPairs(items, found)
	if all := found.all(); len(all) != 1 {
		t.Errorf("findings %q", all)
	}
}

func TestJudgeStream(t *testing.T) {
	type image = map[string]streamtypes.AttributeValue
	of := func(v string) image {
		if v == "" {
			return nil
		}
		return image{"pk": &streamtypes.AttributeValueMemberS{Value: "x"}, "expires": &streamtypes.AttributeValueMemberN{Value: v}}
	}
	for _, c := range []struct {
		name    string
		records string // before>after, with a ! if the service itself did it, at sequence numbers from 1 on or those given
		ok      bool
	}{
		{"a life", ">1 1>2 2>", true},
		{"two lives", ">1 1> >2", true},
		{"a record is missing", ">1 2>3", false},
		{"a record comes twice", ">1 >1", false},
		{"the end comes twice", ">1 1> 1>", false},
		{"in another order", ">1 2>3 1>2", false},
		{"sequence numbers with a gap", ">1@5 1>2@9", true},
		{"sequence numbers that go back", ">1@5 1>2@4", false},
		{"a sequence number twice", ">1@5 1>2@5", false},
		{"an item expires", ">1 1>!", true},
		{"before its time", ">99 99>!", false},
		{"an item comes by itself", ">1!", false},
	} {
		s, sh := &streamed{items: make(map[string]item)}, &shard{}
		bad := 0
		for i, text := range strings.Fields(c.records) {
			sequence := i + 1
			if at := strings.Index(text, "@"); at >= 0 {
				_, _ = fmt.Sscan(text[at+1:], &sequence)
				text = text[:at]
			}
			r := streamtypes.Record{EventID: aws.String("e")}
			text, service := strings.CutSuffix(text, "!")
			if service {
				r.UserIdentity = &streamtypes.Identity{}
			}
			before, after, _ := strings.Cut(text, ">")
			r.Dynamodb = &streamtypes.StreamRecord{Keys: image{"pk": of("1")["pk"]}, OldImage: of(before), NewImage: of(after),
				SequenceNumber: aws.String(fmt.Sprint(100 + sequence)), ApproximateCreationDateTime: aws.Time(time.Unix(50, 0))}
			if s.apply(fleetingTable, sh, r) != nil {
				bad++
			}
		}
		if (bad == 0) != c.ok {
			t.Errorf("%s: %d records are wrong", c.name, bad)
		}
	}
}
