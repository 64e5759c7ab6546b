package acceptance

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

func streamed(t *testing.T, view types.StreamViewType) *types.TableDescription {
	t.Helper()
	in := tableOf(fresh("streamed"), "pk S")
	in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: view}
	create(t, in)
	return describe(t, *in.TableName)
}

// records reads what is in all shards, until there are so many records.
func records(t *testing.T, arn string, count int) (out []streamtypes.Record) {
	t.Helper()
	streams := dynamodbstreams.NewFromConfig(conf(t))
	d, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: &arn})
	if err != nil {
		t.Fatal(err)
	}
	var iterators []*string
	for _, shard := range d.StreamDescription.Shards {
		it, err := streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{StreamArn: &arn, ShardId: shard.ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon})
		if err != nil {
			t.Fatal(err)
		}
		iterators = append(iterators, it.ShardIterator)
	}
	for end := time.Now().Add(10 * time.Second); len(out) < count; {
		for i := range iterators {
			if iterators[i] == nil {
				continue
			}
			got, err := streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: iterators[i]})
			if err != nil {
				t.Fatal(err)
			}
			out, iterators[i] = append(out, got.Records...), got.NextShardIterator
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d records", len(out), count)
		}
	}
	return out
}

// image writes the value of the attribute a of an image.
func image(it map[string]streamtypes.AttributeValue) string {
	if it == nil {
		return "-"
	}
	if a, is := it["a"].(*streamtypes.AttributeValueMemberN); is {
		return a.Value
	}
	return "none"
}

// A record for each change, none for a write that changes nothing:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
func TestStreamRecords(t *testing.T) {
	for _, view := range []types.StreamViewType{"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"} {
		t.Run(string(view), func(t *testing.T) {
			d, db, k := streamed(t, view), client(t), key("x")
			table := *d.TableName
			update := func(expression string, v item) {
				t.Helper()
				if _, err := db.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: k, UpdateExpression: &expression, ExpressionAttributeValues: v}); err != nil {
					t.Fatal(err)
				}
			}
			put(t, table, with(k, item{"a": n("1")}))
			put(t, table, with(k, item{"a": n("1")})) // changes nothing
			update("SET a = :v", item{":v": n("2")})
			update("SET a = :v", item{":v": n("2.0")}) // changes nothing
			update("REMOVE nothing", nil)              // changes nothing
			put(t, table, k)
			if _, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: k, ConditionExpression: aws.String("a = :v"), ExpressionAttributeValues: item{":v": n("1")}}); err == nil {
				t.Fatal("the condition holds")
			}
			for range 2 { // the second changes nothing
				if _, err := db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: k}); err != nil {
					t.Fatal(err)
				}
			}
			if err := transact(t, types.TransactWriteItem{Update: &types.Update{TableName: &table, Key: k, UpdateExpression: aws.String("ADD a :v"), ExpressionAttributeValues: item{":v": n("7")}}}); err != nil {
				t.Fatal(err)
			}
			if _, err := db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: {deleting(k)}}}); err != nil {
				t.Fatal(err)
			}
			var events, last string
			var old, new []string
			for _, r := range records(t, *d.LatestStreamArn, 6) {
				events += string(r.EventName) + " "
				old, new = append(old, image(r.Dynamodb.OldImage)), append(new, image(r.Dynamodb.NewImage))
				if pk := r.Dynamodb.Keys["pk"].(*streamtypes.AttributeValueMemberS); pk.Value != "x" || len(r.Dynamodb.Keys) != 1 {
					t.Errorf("keys %v", r.Dynamodb.Keys)
				}
				if aws.ToString(r.EventSource) != "aws:dynamodb" || aws.ToString(r.EventVersion) != "1.1" || r.AwsRegion == nil || r.EventID == nil || r.UserIdentity != nil ||
					string(r.Dynamodb.StreamViewType) != string(view) || r.Dynamodb.ApproximateCreationDateTime == nil || aws.ToInt64(r.Dynamodb.SizeBytes) <= 0 {
					t.Errorf("%+v, %+v", r, r.Dynamodb)
				}
				number := *r.Dynamodb.SequenceNumber
				if len(number) < 21 || len(number) > 40 || number <= last { // 21 to 40 digits, growing
					t.Errorf("sequence number %s after %s", number, last)
				}
				last = number
			}
			if events != "INSERT MODIFY MODIFY REMOVE INSERT REMOVE " {
				t.Error(events)
			}
			wantOld, wantNew := "- 1 2 none - 7", "1 2 none - 7 -"
			if !strings.Contains(string(view), "OLD") {
				wantOld = "- - - - - -"
			}
			if !strings.Contains(string(view), "NEW") {
				wantNew = "- - - - - -"
			}
			if o, w := strings.Join(old, " "), strings.Join(new, " "); o != wantOld || w != wantNew {
				t.Errorf("old images %s, new images %s", o, w)
			}
		})
	}
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamDescription.html
func TestStreamDescription(t *testing.T) {
	d, db := streamed(t, "NEW_IMAGE"), client(t)
	streams := dynamodbstreams.NewFromConfig(conf(t))
	if d.StreamSpecification == nil || !*d.StreamSpecification.StreamEnabled || d.StreamSpecification.StreamViewType != "NEW_IMAGE" {
		t.Errorf("%+v", d.StreamSpecification)
	}
	label := aws.ToString(d.LatestStreamLabel)
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$`).MatchString(label) || *d.LatestStreamArn != *d.TableArn+"/stream/"+label {
		t.Errorf("%s of %s", *d.LatestStreamArn, label)
	}
	s, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: d.LatestStreamArn})
	if err != nil {
		t.Fatal(err)
	}
	stream := s.StreamDescription
	if stream.StreamStatus != "ENABLED" || *stream.TableName != *d.TableName || *stream.StreamLabel != label || stream.StreamViewType != "NEW_IMAGE" || stream.CreationRequestDateTime == nil || len(stream.KeySchema) != 1 {
		t.Errorf("%+v", stream)
	}
	for _, shard := range stream.Shards {
		if !regexp.MustCompile(`^shardId-[0-9a-f-]{20,57}$`).MatchString(*shard.ShardId) || shard.SequenceNumberRange.StartingSequenceNumber == nil || shard.SequenceNumberRange.EndingSequenceNumber != nil {
			t.Errorf("%+v", shard)
		}
	}
	list, err := streams.ListStreams(t.Context(), &dynamodbstreams.ListStreamsInput{TableName: d.TableName})
	if err != nil || len(list.Streams) != 1 || *list.Streams[0].StreamArn != *d.LatestStreamArn || *list.Streams[0].StreamLabel != label {
		t.Errorf("%v (%v)", list, err)
	}
	_, err = db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: d.TableName, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: "OLD_IMAGE"}})
	fails(t, err, invalid, "Table already has an enabled stream: TableName: "+*d.TableName)
	put(t, *d.TableName, key("x"))
	off, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: d.TableName, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)}})
	if err != nil {
		t.Fatal(err)
	}
	if off.TableDescription.StreamSpecification != nil && aws.ToBool(off.TableDescription.StreamSpecification.StreamEnabled) {
		t.Errorf("%+v", off.TableDescription.StreamSpecification)
	}
	// What is in a disabled stream can be read for 24 hours, to the end of its shards.
	if got := records(t, *d.LatestStreamArn, 1); len(got) != 1 {
		t.Errorf("%v", got)
	}
	eventually(t, "the stream is not disabled", func() bool {
		s, err = streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: d.LatestStreamArn})
		return err == nil && s.StreamDescription.StreamStatus == "DISABLED"
	})
	for _, shard := range s.StreamDescription.Shards {
		if shard.SequenceNumberRange.EndingSequenceNumber == nil {
			t.Errorf("shard %s is open", *shard.ShardId)
		}
	}
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
func TestShardIterators(t *testing.T) {
	d := streamed(t, "KEYS_ONLY")
	streams := dynamodbstreams.NewFromConfig(conf(t))
	for range 2 {
		put(t, *d.TableName, key("x"))
		if _, err := client(t).DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: d.TableName, Key: key("x")}); err != nil {
			t.Fatal(err)
		}
	}
	all := records(t, *d.LatestStreamArn, 4)
	s, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: d.LatestStreamArn})
	if err != nil {
		t.Fatal(err)
	}
	read := func(shard *string, kind streamtypes.ShardIteratorType, number *string, limit int32) int {
		t.Helper()
		it, err := streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{StreamArn: d.LatestStreamArn, ShardId: shard, ShardIteratorType: kind, SequenceNumber: number})
		if err != nil {
			t.Fatal(err)
		}
		got, err := streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: it.ShardIterator, Limit: &limit})
		if err != nil || got.NextShardIterator == nil {
			t.Fatalf("%v (%v)", got, err)
		}
		return len(got.Records)
	}
	var home *string // the shard of the item
	for _, shard := range s.StreamDescription.Shards {
		if read(shard.ShardId, "LATEST", nil, 100) != 0 {
			t.Error("LATEST gives old records")
		}
		if read(shard.ShardId, "TRIM_HORIZON", nil, 100) > 0 {
			home = shard.ShardId
		}
	}
	second := all[1].Dynamodb.SequenceNumber
	if at, after, two := read(home, "AT_SEQUENCE_NUMBER", second, 100), read(home, "AFTER_SEQUENCE_NUMBER", second, 100), read(home, "TRIM_HORIZON", nil, 2); at != 3 || after != 2 || two != 2 {
		t.Errorf("%d at, %d after the second record, %d of a limit of 2", at, after, two)
	}
	_, err = streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{StreamArn: d.LatestStreamArn, ShardId: aws.String("shardId-00000000000000000000-00000000"), ShardIteratorType: "LATEST"})
	fails(t, err, missing, "")
	_, err = streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{StreamArn: d.LatestStreamArn, ShardId: home, ShardIteratorType: "AT_SEQUENCE_NUMBER"})
	fails(t, err, invalid, "")
	_, err = streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: aws.String("nonsense")})
	fails(t, err, invalid, "")
	_, err = streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: aws.String(*d.LatestStreamArn + "0")})
	fails(t, err, missing, "")
	var typed *streamtypes.ResourceNotFoundException
	if !errors.As(err, &typed) {
		t.Errorf("%T", err)
	}
}

// What TTL deletes says so:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
func TestStreamOfExpiry(t *testing.T) {
	d, db := streamed(t, "OLD_IMAGE"), client(t)
	if _, err := db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: d.TableName,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("until"), Enabled: aws.Bool(true)}}); err != nil {
		t.Fatal(err)
	}
	put(t, *d.TableName, with(key("x"), item{"until": n("1700000000")}))
	put(t, *d.TableName, with(key("y"), item{"until": s("1700000000")})) // no number: it stays
	put(t, *d.TableName, with(key("z"), item{"until": n("1000000000")})) // more than five years ago: it stays
	var removed *streamtypes.Record
	for _, r := range records(t, *d.LatestStreamArn, 4) {
		if r.EventName == "REMOVE" {
			removed = &r
		}
	}
	if removed == nil || removed.UserIdentity == nil || aws.ToString(removed.UserIdentity.Type) != "Service" || aws.ToString(removed.UserIdentity.PrincipalId) != "dynamodb.amazonaws.com" {
		t.Fatalf("%+v", removed)
	}
	if get(t, *d.TableName, key("x")) != nil || get(t, *d.TableName, key("y")) == nil || get(t, *d.TableName, key("z")) == nil {
		t.Error("another item is deleted")
	}
}
