package dynamodb

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/attribute"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/table"
)

const streamedTable = `{"TableName":"music","AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],"KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],` +
	`"BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`

// ask makes a request and reads its answer.
func ask[T any](d *door, who sender, op, format string, args ...any) (out T) {
	d.Helper()
	if err := json.Unmarshal([]byte(d.must(who, op, fmt.Sprintf(format, args...))), &out); err != nil {
		d.Fatal(err)
	}
	return out
}

type (
	describedTable struct {
		TableDescription, Table struct{ LatestStreamArn string }
	}
	describedShard struct {
		ShardId, ParentShardId string
		SequenceNumberRange    struct{ StartingSequenceNumber, EndingSequenceNumber string }
	}
	describedStream struct {
		StreamDescription struct {
			StreamStatus, LastEvaluatedShardId string
			Shards                             []describedShard
		}
	}
	shardIterator struct{ ShardIterator string }
	readRecord    struct {
		EventID, EventName string
		Dynamodb           struct {
			SequenceNumber string
			SizeBytes      int
			Keys, NewImage map[string]struct{ S string }
		}
		UserIdentity struct{ Type, PrincipalId string }
	}
	readRecords struct {
		Records           []readRecord
		NextShardIterator string
	}
)

// Who may read a stream is for its own policy and those of the reader, and for nothing of its table; the iterator does not
// carry a permission.
func TestStreamPolicies(t *testing.T) {
	d := newDoor(t, nil)
	admin, guest, stranger := user(owner, "admin", allowAll), user(owner, "guest", ""), user("999999999999", "eve", allowAll)
	arn := ask[describedTable](d, admin, "CreateTable", streamedTable).TableDescription.LatestStreamArn
	shard := ask[describedStream](d, admin, "DescribeStream", `{"StreamArn":%q}`, arn).StreamDescription.Shards[0].ShardId
	reading := fmt.Sprintf(`{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, arn, shard)
	at := ask[shardIterator](d, admin, "GetShardIterator", "%s", reading).ShardIterator
	all := func(who sender, why string) {
		t.Helper()
		d.want(who, "DescribeStream", fmt.Sprintf(`{"StreamArn":%q}`, arn), why)
		d.want(who, "GetShardIterator", reading, why)
		d.want(who, "GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, at), why)
	}
	all(admin, "")
	all(guest, "no identity-based policy allows")
	all(stranger, "no resource-based policy allows")
	// The table's policy is not the stream's.
	d.must(admin, "PutResourcePolicy", `{"ResourceArn":"arn:aws:dynamodb:us-east-1:`+owner+`:table/music","Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"999999999999\"},\"Action\":\"dynamodb:*\",\"Resource\":\"arn:aws:dynamodb:us-east-1:123456789012:table/music\"}]}"}`)
	all(stranger, "no resource-based policy allows")
	d.must(admin, "PutResourcePolicy", fmt.Sprintf(`{"ResourceArn":%q,"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"999999999999\"},\"Action\":[\"dynamodb:DescribeStream\",\"dynamodb:GetShardIterator\",\"dynamodb:GetRecords\"],\"Resource\":%s}]}"}`, arn, strings.ReplaceAll(fmt.Sprintf("%q", arn), `"`, `\"`)))
	all(stranger, "")
	all(guest, "no identity-based policy allows")
	all(user(owner, "guest", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:DescribeStream","dynamodb:Get*"],"Resource":"arn:aws:dynamodb:*:*:table/music/stream/*"}]}`), "")
	all(user(owner, "guest", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/music"}]}`), "no identity-based policy allows")
	if got := d.must(admin, "GetResourcePolicy", fmt.Sprintf(`{"ResourceArn":%q}`, arn)); !strings.Contains(got, "999999999999") {
		t.Error(got)
	}
	d.must(admin, "DeleteResourcePolicy", fmt.Sprintf(`{"ResourceArn":%q}`, arn))
	all(stranger, "no resource-based policy allows")
	d.want(admin, "GetResourcePolicy", fmt.Sprintf(`{"ResourceArn":%q}`, arn), "PolicyNotFoundException")

	// The developer guide's policy to read the streams of one table.
	reader := user(owner, "reader", `{"Version":"2012-10-17","Statement":[{"Sid":"AccessGameScoresStreamOnly","Effect":"Allow","Action":["dynamodb:DescribeStream","dynamodb:GetRecords","dynamodb:GetShardIterator","dynamodb:ListStreams"],"Resource":"arn:aws:dynamodb:us-east-1:123456789012:table/music/stream/*"}]}`)
	all(reader, "")
	d.want(reader, "ListStreams", `{"TableName":"music"}`, "")
	d.want(reader, "ListStreams", `{"TableName":"other"}`, "no identity-based policy allows")
	d.want(reader, "ListStreams", `{}`, "no identity-based policy allows")
	d.want(reader, "GetItem", `{"TableName":"music","Key":{"p":{"S":"x"}}}`, "no identity-based policy allows")
}

// The developer guide's examples of "Using attribute-based access control with DynamoDB Streams". A stream has none of the
// tags of its table.
func TestStreamTags(t *testing.T) {
	d := newDoor(t, nil)
	admin := user(owner, "admin", allowAll)
	arn := ask[describedTable](d, admin, "CreateTable", "%s", strings.Replace(streamedTable, `{`, `{"Tags":[{"Key":"Team","Value":"Analytics"}],`, 1)).TableDescription.LatestStreamArn
	shard := ask[describedStream](d, admin, "DescribeStream", `{"StreamArn":%q}`, arn).StreamDescription.Shards[0].ShardId
	reading := fmt.Sprintf(`{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, arn, shard)
	at := ask[shardIterator](d, admin, "GetShardIterator", "%s", reading).ShardIterator
	may := func(effect, action, condition string) sender {
		return user(owner, "ann", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:TagResource","Resource":"arn:aws:dynamodb:*:*:table/x"},`+
			`{"Effect":"`+effect+`","Action":`+action+`,"Resource":"arn:aws:dynamodb:*:*:table/*/stream/*","Condition":{`+condition+`}}]}`)
	}
	const denied = "no identity-based policy allows"
	analyst := may("Allow", `["dynamodb:DescribeStream","dynamodb:GetShardIterator","dynamodb:GetRecords","dynamodb:ListTagsOfResource"]`, `"StringEquals":{"aws:ResourceTag/Team":"Analytics"}`)
	all := func(why string) {
		t.Helper()
		d.want(analyst, "DescribeStream", fmt.Sprintf(`{"StreamArn":%q}`, arn), why)
		d.want(analyst, "GetShardIterator", reading, why)
		d.want(analyst, "GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, at), why)
		d.want(analyst, "ListTagsOfResource", fmt.Sprintf(`{"ResourceArn":%q}`, arn), why)
	}
	all(denied)
	d.must(admin, "TagResource", fmt.Sprintf(`{"ResourceArn":%q,"Tags":[{"Key":"Team","Value":"Analytics"}]}`, arn))
	all("")
	if got := d.must(analyst, "ListTagsOfResource", fmt.Sprintf(`{"ResourceArn":%q}`, arn)); !strings.Contains(got, "Analytics") {
		t.Error(got)
	}
	d.must(admin, "TagResource", fmt.Sprintf(`{"ResourceArn":%q,"Tags":[{"Key":"Team","Value":"Sales"}]}`, arn))
	all(denied)
	d.must(admin, "TagResource", fmt.Sprintf(`{"ResourceArn":%q,"Tags":[{"Key":"team","Value":"Analytics"}]}`, arn)) // Team comes first
	all(denied)
	d.must(admin, "UntagResource", fmt.Sprintf(`{"ResourceArn":%q,"TagKeys":["Team"]}`, arn))
	all("")
	if got := d.must(admin, "ListTagsOfResource", `{"ResourceArn":"arn:aws:dynamodb:us-east-1:`+owner+`:table/music"}`); !strings.Contains(got, `"Team"`) || strings.Contains(got, `"team"`) {
		t.Errorf("the table's tags are %s", got)
	}

	tag := func(who sender, key, why string) {
		t.Helper()
		d.want(who, "TagResource", fmt.Sprintf(`{"ResourceArn":%q,"Tags":[{"Key":%q,"Value":"12345"}]}`, arn, key), why)
	}
	tagger := may("Allow", `"dynamodb:TagResource"`, `"StringEquals":{"aws:RequestTag/CostCenter":"12345"}`)
	tag(tagger, "CostCenter", "")
	tag(tagger, "Other", denied)
	unless := may("Deny", `"dynamodb:TagResource"`, `"Null":{"aws:TagKeys":"false"},"ForAllValues:StringNotEquals":{"aws:TagKeys":"CostCenter"}`)
	unless.identity = strings.Replace(unless.identity, "table/x", "table/*", 1)
	tag(unless, "CostCenter", "")
	tag(unless, "Department", "explicit deny")
}

// An iterator is good for fifteen minutes and for its own stream, and can't be made or changed.
func TestShardIterators(t *testing.T) {
	d := newDoor(t, nil)
	admin := user(owner, "admin", allowAll)
	arn := ask[describedTable](d, admin, "CreateTable", streamedTable).TableDescription.LatestStreamArn
	other := ask[describedTable](d, admin, "CreateTable", "%s", strings.Replace(streamedTable, "music", "other", 1)).TableDescription.LatestStreamArn
	shard := ask[describedStream](d, admin, "DescribeStream", `{"StreamArn":%q}`, arn).StreamDescription.Shards[0].ShardId
	at := ask[shardIterator](d, admin, "GetShardIterator", `{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"LATEST"}`, arn, shard).ShardIterator
	get := func(iterator, why string) {
		t.Helper()
		d.want(admin, "GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, iterator), why)
	}
	get(at, "")
	get(strings.Replace(at, arn, other, 1), "Invalid ShardIterator")
	get(strings.Replace(at, "us-east-1", "us-west-1", 1), "Invalid ShardIterator")
	get(strings.Replace(at, "|1|", "|2|", 1), "Invalid ShardIterator")
	raw, err := base64.StdEncoding.DecodeString(at[strings.LastIndex(at, "|")+1:])
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		bad := slices.Clone(raw)
		bad[i] ^= 1
		get(arn+"|1|"+base64.StdEncoding.EncodeToString(bad), "Invalid ShardIterator")
	}
	at = ask[shardIterator](d, admin, "GetShardIterator", `{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"LATEST"}`, arn, shard).ShardIterator
	d.now = d.now.Add(iteratorLifetime - time.Minute)
	get(at, "")
	d.now = d.now.Add(time.Minute)
	get(at, "ExpiredIteratorException: Shard iterator has expired")
	d.must(admin, "DeleteTable", `{"TableName":"music"}`)
	d.want(admin, "GetShardIterator", fmt.Sprintf(`{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"LATEST"}`, arn, shard), "")
	d.want(admin, "GetRecords", fmt.Sprintf(`{"ShardIterator":%q}`, strings.Replace(at, "music", "nosuch", 1)), "ResourceNotFoundException")
}

// GetRecords returns up to a thousand records, of up to a megabyte, but one in any case.
func TestGetRecordsLimits(t *testing.T) {
	d := newDoor(t, nil)
	admin := user(owner, "admin", allowAll)
	arn := ask[describedTable](d, admin, "CreateTable", streamedTable).TableDescription.LatestStreamArn
	const items = 1100
	for i := range items {
		d.must(admin, "PutItem", fmt.Sprintf(`{"TableName":"music","Item":{"p":{"S":"x"},"n":{"N":"%d"}}}`, i))
	}
	large := strings.Repeat("x", 390<<10)
	for i := range 5 {
		d.must(admin, "PutItem", fmt.Sprintf(`{"TableName":"music","Item":{"p":{"S":"x"},"n":{"N":"%d"},"t":{"S":%q}}}`, i, large))
	}
	for _, sh := range ask[describedStream](d, admin, "DescribeStream", `{"StreamArn":%q}`, arn).StreamDescription.Shards {
		next := ask[shardIterator](d, admin, "GetShardIterator", `{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, arn, sh.ShardId).ShardIterator
		var sizes []int
		for {
			out := ask[readRecords](d, admin, "GetRecords", `{"ShardIterator":%q}`, next)
			if len(out.Records) == 0 {
				break
			}
			next = out.NextShardIterator
			sizes = append(sizes, len(out.Records))
		}
		if len(sizes) > 0 && !slices.Equal(sizes, []int{1000, 101, 1, 1, 1, 1}) {
			t.Errorf("%v", sizes)
		}
	}
}

// Consumers in the manner of the Kinesis Client Library walk from parents to their children, which they find by a filter,
// while shards come and go; and the store's own deletes are marked.
func TestWalkOfShards(t *testing.T) {
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store, err := table.Open(t.Context(), db, table.Options{ShardLife: 30 * time.Millisecond, Lanes: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = store.Close(), db.Close() })
	d := &door{t, map[string]awsapi.Operation{}, time.Unix(1.7e9, 0)}
	for _, op := range New(store, nil).Operations() {
		d.ops[op.Name] = op
	}
	admin := user(owner, "admin", allowAll)
	arn := ask[describedTable](d, admin, "CreateTable", streamedTable).TableDescription.LatestStreamArn
	scope := table.Scope{Account: owner, Region: "us-east-1"}
	written := 0
	write := func() {
		t.Helper()
		td, err := store.Table(t.Context(), scope, "music")
		if err != nil {
			t.Fatal(err)
		}
		key, err := attribute.ParseItemJSON(fmt.Sprintf(`{"p":{"S":"%d"}}`, written%50))
		if err != nil {
			t.Fatal(err)
		}
		remove := written%100 >= 50
		if _, err := store.Write(t.Context(), []table.Write{{Table: td, Key: key, Service: remove, Apply: func(attribute.Value) (attribute.Value, error) {
			if remove {
				return nil, nil
			}
			return key, nil
		}}}, nil); err != nil {
			t.Fatal(err)
		}
		written++
	}
	first := ask[describedStream](d, admin, "DescribeStream", `{"StreamArn":%q}`, arn).StreamDescription
	todo := first.Shards
	seen := map[string]bool{}
	events := map[string]bool{}
	names := map[string][]string{}
	last := ""
	for disabled := false; len(todo) > 0; {
		sh := todo[0]
		todo = todo[1:]
		if seen[sh.ShardId] {
			t.Fatalf("shard %s twice", sh.ShardId)
		}
		seen[sh.ShardId] = true
		if sh.ParentShardId != "" && (!seen[sh.ParentShardId] || sh.ParentShardId >= sh.ShardId) {
			t.Errorf("shard %s before its parent %s", sh.ShardId, sh.ParentShardId)
		}
		next := ask[shardIterator](d, admin, "GetShardIterator", `{"StreamArn":%q,"ShardId":%q,"ShardIteratorType":"TRIM_HORIZON"}`, arn, sh.ShardId).ShardIterator
		for next != "" {
			if len(seen) < 16 {
				write()
			} else if !disabled {
				d.must(admin, "UpdateTable", `{"TableName":"music","StreamSpecification":{"StreamEnabled":false}}`)
				disabled = true
			}
			out := ask[readRecords](d, admin, "GetRecords", `{"ShardIterator":%q,"Limit":10}`, next)
			for _, r := range out.Records {
				if events[r.EventID] {
					t.Errorf("event %s twice", r.EventID)
				}
				events[r.EventID] = true
				key := r.Dynamodb.Keys["p"].S
				names[key] = append(names[key], r.EventName)
				if (r.UserIdentity.Type == "Service" && r.UserIdentity.PrincipalId == "dynamodb.amazonaws.com") != (r.EventName == "REMOVE") {
					t.Errorf("%+v", r)
				}
				last = r.Dynamodb.SequenceNumber
				if last < sh.SequenceNumberRange.StartingSequenceNumber {
					t.Errorf("record %s of a shard from %s", last, sh.SequenceNumberRange.StartingSequenceNumber)
				}
			}
			next = out.NextShardIterator
		}
		children := ask[describedStream](d, admin, "DescribeStream", `{"StreamArn":%q,"ShardFilter":{"Type":"CHILD_SHARDS","ShardId":%q}}`, arn, sh.ShardId).StreamDescription.Shards
		if len(children) > 1 || len(children) == 1 && children[0].ParentShardId != sh.ShardId {
			t.Errorf("children %v of %s", children, sh.ShardId)
		}
		todo = append(todo, children...)
	}
	// By pages, all shards are there, in the order of their names, and closed.
	after, all := "", []string{}
	for more := true; more; {
		in := fmt.Sprintf(`{"StreamArn":%q,"Limit":3}`, arn)
		if after != "" {
			in = fmt.Sprintf(`{"StreamArn":%q,"Limit":3,"ExclusiveStartShardId":%q}`, arn, after)
		}
		out := ask[describedStream](d, admin, "DescribeStream", "%s", in).StreamDescription
		for _, sh := range out.Shards {
			all = append(all, sh.ShardId)
			if r := sh.SequenceNumberRange; r.EndingSequenceNumber < r.StartingSequenceNumber || !seen[sh.ShardId] {
				t.Errorf("shard %+v", sh)
			}
		}
		after, more = out.LastEvaluatedShardId, out.LastEvaluatedShardId != ""
		if out.StreamStatus != "DISABLED" {
			t.Error(out.StreamStatus)
		}
	}
	if len(all) != len(seen) || !slices.IsSorted(all) || len(all) < 10 {
		t.Errorf("%d shards are listed, %d were walked", len(all), len(seen))
	}
	if len(events) != written {
		t.Errorf("%d of %d changes were told", len(events), written)
	}
	for key, events := range names {
		for i, e := range events {
			if want := []string{"INSERT", "REMOVE"}[i%2]; e != want {
				t.Errorf("item %s: %v", key, events)
				break
			}
		}
	}
}

// Sequence numbers and names of shards.
func TestSequenceNumbers(t *testing.T) {
	before := ""
	for _, n := range []uint64{1, 2, 9, 10, 99, 1e6, 1e16} {
		text := sequenceNumber(7, n)
		if len(text) != sequenceDigits || text <= before {
			t.Errorf("%s after %s", text, before)
		}
		if lane, got, ok := parseSequence(text); !ok || lane != 7 || got != n {
			t.Errorf("%s: %d %d %v", text, lane, got, ok)
		}
		before = text
	}
	for _, bad := range []string{"", "10000000000000000100", "200000000000000001000", "1000000000000000010 0", "1-00000000000000001000", "1+0000000000000001000", "10000000000000000100x"} {
		if _, _, ok := parseSequence(bad); ok {
			t.Errorf("%q is a sequence number", bad)
		}
	}
	ids := map[string]bool{}
	for lane := range 300 {
		for generation := range uint32(300) {
			ids[shardID(lane, generation, 1)] = true
		}
	}
	if len(ids) != 300*300 {
		t.Errorf("%d names", len(ids))
	}
	if id := shardID(3, 5, 1414576573621); len(id) < minShardID || len(id) > maxShardID || !strings.HasPrefix(id, "shardId-00000001414576573621-") {
		t.Error(id)
	}
}
