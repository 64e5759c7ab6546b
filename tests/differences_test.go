// Package tests has what Stator does otherwise than AWS, each difference with its reason and a test that shows it. The
// document that lists them is made from here.
package tests

import (
	"context"
	"errors"
	"flag"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/statordb/stator/tests/engine"
	"github.com/statordb/stator/tests/harness"
)

var write = flag.Bool("write", false, "write the documents that are made from here")

const document = "../docs/differences.md"

// difference is one thing that AWS does and Stator does otherwise, on purpose.
type difference struct {
	title, aws, stator, why string
	// shows fails if Stator no longer does what is said here.
	shows func(t *testing.T, db *dynamodb.Client)
	// identity does, in the place of shows, for what is about identities and other APIs.
	identity func(t *testing.T, conf aws.Config)
}

var differences = []difference{
	{
		title:  "Global secondary indexes are strongly consistent",
		aws:    "A query of a global secondary index may miss a write that was acknowledged a moment ago.",
		stator: "An item and its index entries change in one transaction. A query of the index sees every acknowledged write.",
		why:    "It is what an application would want, and cannot break one that expects less. ConsistentRead on a global index is still refused, as on AWS.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			for _, id := range []string{"1", "2", "3"} {
				put(t, db, map[string]types.AttributeValue{"id": text(id), "kind": text("k")})
				out, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String("things"), IndexName: aws.String("kinds"),
					KeyConditionExpression: aws.String("kind = :k"), FilterExpression: aws.String("id = :id"),
					ExpressionAttributeValues: map[string]types.AttributeValue{":k": text("k"), ":id": text(id)}})
				if err != nil || out.Count != 1 {
					t.Fatalf("item %s is not in the index: %v (%v)", id, out, err)
				}
			}
		},
	},
	{
		title:  "Every read is consistent",
		aws:    "A read without ConsistentRead may return what the item was a moment ago.",
		stator: "Every read returns the last acknowledged write. Without ConsistentRead it still counts half the capacity.",
		why:    "There is one copy to read from; making it look old would serve nobody.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			for _, v := range []string{"a", "b", "c"} {
				put(t, db, map[string]types.AttributeValue{"id": text("x"), "v": text(v)})
				out, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("things"), Key: map[string]types.AttributeValue{"id": text("x")}})
				if err != nil || out.Item["v"].(*types.AttributeValueMemberS).Value != v {
					t.Fatalf("read %v after writing %s (%v)", out.Item, v, err)
				}
			}
		},
	},
	{
		title:  "A table is ready when CreateTable answers, and gone when DeleteTable answers",
		aws:    "Creating and deleting take seconds, during which the table is CREATING or DELETING.",
		stator: "The answers say CREATING and DELETING as AWS's do, but the next request finds the table ACTIVE, or not at all.",
		why:    "There is nothing to wait for. Waiters of the SDKs work; programs that do not wait work too.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			created := create(t, db, "quick")
			if created.TableStatus != types.TableStatusCreating {
				t.Errorf("CreateTable said %s", created.TableStatus)
			}
			out, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("quick")})
			if err != nil || out.Table.TableStatus != types.TableStatusActive {
				t.Errorf("it is not active at once: %v", err)
			}
			gone, err := db.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("quick")})
			if err != nil || gone.TableDescription.TableStatus != types.TableStatusDeleting {
				t.Errorf("DeleteTable: %v", err)
			}
			_, err = db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("quick")})
			if missing := (*types.ResourceNotFoundException)(nil); !errors.As(err, &missing) {
				t.Errorf("it is still there: %v", err)
			}
		},
	},
	{
		title:  "Tags and resource-based policies are in force when they are set",
		aws:    "A change of tags or of a policy takes seconds to be seen and minutes to be in force; until then, and for 15 seconds after a change of a policy, another one is refused.",
		stator: "The next request sees the change and is decided by it, and may make another.",
		why:    "There is nothing to wait for. Programs that wait, or try again, work too.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			table := create(t, db, "governed").TableArn
			for _, action := range []string{"dynamodb:Scan", "dynamodb:Query"} {
				put, err := db.PutResourcePolicy(t.Context(), &dynamodb.PutResourcePolicyInput{ResourceArn: table, Policy: aws.String(
					`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"` + action + `","Resource":"*"}]}`)})
				if err != nil {
					t.Fatal(err)
				}
				got, err := db.GetResourcePolicy(t.Context(), &dynamodb.GetResourcePolicyInput{ResourceArn: table})
				if err != nil || *got.RevisionId != *put.RevisionId || !strings.Contains(*got.Policy, action) {
					t.Errorf("the policy is %v (%v)", got, err)
				}
				if _, err := db.TagResource(t.Context(), &dynamodb.TagResourceInput{ResourceArn: table, Tags: []types.Tag{{Key: aws.String("denied"), Value: &action}}}); err != nil {
					t.Fatal(err)
				}
				tags, err := db.ListTagsOfResource(t.Context(), &dynamodb.ListTagsOfResourceInput{ResourceArn: table})
				if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].Value != action {
					t.Errorf("the tags are %v (%v)", tags, err)
				}
			}
			_, err := db.Query(t.Context(), &dynamodb.QueryInput{TableName: aws.String("governed"), KeyConditionExpression: aws.String("id = :id"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":id": text("x")}})
			if err == nil || !strings.Contains(err.Error(), "explicit deny in a resource-based policy") {
				t.Errorf("it is not in force: %v", err)
			}
		},
	},
	{
		title:  "Expired items are deleted within seconds",
		aws:    "An item whose Time To Live is over is deleted some time in the next few days.",
		stator: "It is deleted in the seconds after, unless very many expire at once. Until then it is in reads, as on AWS.",
		why:    "What is due is read from a queue in the order of time. Programs that filter expired items out find fewer.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			create(t, db, "fleeting")
			setTTL(t, db, "fleeting", "expires", true)
			_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("fleeting"), Item: map[string]types.AttributeValue{
				"id": text("x"), "expires": &types.AttributeValueMemberN{Value: strconv.FormatInt(time.Now().Unix()-1, 10)}}})
			if err != nil {
				t.Fatal(err)
			}
			for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("fleeting")})
				if err != nil || time.Now().After(end) {
					t.Fatalf("it is not deleted: %v", err)
				}
				if out.Count == 0 {
					return
				}
			}
		},
	},
	{
		title:  "Time To Live can be changed again at once",
		aws:    "After UpdateTimeToLive another change of the table's Time To Live is refused for up to an hour.",
		stator: "It is refused as long as the table is ENABLING or DISABLING, which takes as long as the table is large.",
		why:    "There is nothing to wait for. Programs that wait work too.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			create(t, db, "changing")
			for _, attr := range []string{"a", "b"} {
				setTTL(t, db, "changing", attr, true)
				setTTL(t, db, "changing", attr, false)
			}
		},
	},
	{
		title:  "Shards of a stream do not split",
		aws:    "A stream has a shard for each partition of its table. A busy one splits: its shard closes and has two children.",
		stator: "A stream begins with as many open shards as on AWS, four if the table is on-demand and one if it has up to 1,000 write units, but never more than four, and it keeps as many, whatever is written. Each closes after four hours and has one child.",
		why:    "A shard is no machine here: one that splits would not take more writes, and consumers poll every shard that there is. Those that follow all children, as they must on AWS, find the one.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			enabled := &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage}
			out, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("things"), StreamSpecification: enabled})
			if err != nil {
				t.Fatal(err)
			}
			for n := range 100 { // 2000 units: more than a partition of AWS takes in a second
				put(t, db, map[string]types.AttributeValue{"id": text("hot"), "v": text(strconv.Itoa(n) + strings.Repeat("v", 19<<10))})
			}
			o := db.Options()
			streams := dynamodbstreams.New(dynamodbstreams.Options{BaseEndpoint: o.BaseEndpoint, Region: o.Region, Credentials: o.Credentials, HTTPClient: o.HTTPClient})
			described, err := streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: out.TableDescription.LatestStreamArn})
			if err != nil {
				t.Fatal(err)
			}
			for _, sh := range described.StreamDescription.Shards {
				if sh.ParentShardId != nil || sh.SequenceNumberRange.EndingSequenceNumber != nil {
					t.Errorf("shard %s was split", *sh.ShardId)
				}
			}
			if n := len(described.StreamDescription.Shards); n != 1 { // the table has few units
				t.Errorf("%d shards", n)
			}
		},
	},
	{
		title:  "A batch is written whole",
		aws:    "Each put and delete of a batch succeeds or fails by itself, and some may come back as UnprocessedItems.",
		stator: "All of a batch is written, or nothing, unless its items are so large that it takes several transactions. UnprocessedItems is empty, unless --throttle limits throughput.",
		why:    "One transaction costs one write to disk instead of 25. AWS allows a batch to succeed whole, so programs are ready for it.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			var requests []types.WriteRequest
			for _, id := range strings.Split("abcdefghijklmnopqrstuvwxy", "") {
				requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{"id": text(id)}}})
			}
			out, err := db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"things": requests}})
			if err != nil || len(out.UnprocessedItems) != 0 {
				t.Errorf("unprocessed: %v (%v)", out, err)
			}
			requests[24].PutRequest.Item = map[string]types.AttributeValue{"id": text("z"), "kind": &types.AttributeValueMemberN{Value: "1"}}
			requests[0].PutRequest.Item = map[string]types.AttributeValue{"id": text("new")}
			if _, err = db.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{"things": requests}}); err == nil {
				t.Error("an item with an index key of the wrong type was written")
			}
			got, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("things"), Key: map[string]types.AttributeValue{"id": text("new")}})
			if err != nil || got.Item != nil {
				t.Errorf("half of a batch was written: %v (%v)", got, err)
			}
		},
	},
	{
		title:  "Writes to one item wait for each other",
		aws:    "A write that meets a transaction on the same item fails with TransactionConflictException, and a transaction that meets another is cancelled with TransactionConflict.",
		stator: "The second waits until the first is done, which takes about as long as one write to disk, and then happens.",
		why:    "The SDKs would try again and come to the same end later. No program can rely on a conflict.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			put(t, db, map[string]types.AttributeValue{"id": text("hot"), "n": &types.AttributeValueMemberN{Value: "0"}})
			errs := make(chan error)
			const clients, each = 8, 10
			for range clients {
				go func() {
					for range each {
						_, err := db.TransactWriteItems(context.WithoutCancel(t.Context()), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Update: &types.Update{
							TableName: aws.String("things"), Key: map[string]types.AttributeValue{"id": text("hot")}, UpdateExpression: aws.String("ADD n :one"),
							ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}}}}}},
							func(o *dynamodb.Options) { o.RetryMaxAttempts = 1 })
						errs <- err
					}
				}()
			}
			for range clients * each {
				if err := <-errs; err != nil {
					t.Errorf("a transaction conflicted: %v", err)
				}
			}
		},
	},
	{
		title:  "Throughput is not limited unless asked for",
		aws:    "Requests beyond the provisioned throughput, the maximum of an on-demand table or what a partition takes are throttled, and so are more than a few reads of a shard of a stream in a second; quotas bound the number of tables and their units, and how often throughput is decreased and on-demand switched to.",
		stator: "Throughput settings are kept and shown, and consumed capacity is counted as on AWS, but nothing is throttled and no quota applies. With --throttle, tables and global indexes are limited as on AWS, errors and all, and so are their units and changes; but each server counts for itself, a new table may use five minutes of capacity at once, and so may every table after a restart, partitions have no limits of their own, and the number of tables, the units of the whole account and reads of streams none at all.",
		why:    "Nobody pays by the unit here: the machine is the limit. --throttle is for finding out how a program takes it.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			for range 50 { // the table has one unit a second
				put(t, db, map[string]types.AttributeValue{"id": text("busy"), "v": text(strings.Repeat("v", 10<<10))})
			}
		},
	},
	{
		title:  "An item collection has no limit",
		aws:    "The items of a table with local indexes that share a partition key may not exceed 10 GB, and ItemCollectionMetrics estimate how large they are.",
		stator: "There is no limit, and the estimate always says 0 to 1 GB.",
		why:    "The limit comes from how AWS places partitions, and the estimate only warns of it. To know the size, an answer would have to read all the items.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			out, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("collections"), ReturnItemCollectionMetrics: types.ReturnItemCollectionMetricsSize,
				Item: map[string]types.AttributeValue{"id": text("c"), "n": text("1"), "m": text("1")}})
			if err != nil {
				t.Fatal(err)
			}
			if m := out.ItemCollectionMetrics; m == nil || m.SizeEstimateRangeGB[0] != 0 || m.SizeEstimateRangeGB[1] != 1 {
				t.Errorf("metrics: %v", m)
			}
		},
	},
	{
		title:  "A name is in a JSON object once",
		aws:    "What counts if an object of a request's body has a name twice is nowhere said.",
		stator: "The request is refused with a SerializationException that names it.",
		why:    "Who looks at a request before it is done, such as a proxy, must not read another than the one that is done. No SDK writes such a body.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			_, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("things"), Key: map[string]types.AttributeValue{"id": text("x")}},
				sending(`{"TableName":"things","Key":{"id":{"S":"x"},"id":{"S":"y"}}}`))
			var refused smithy.APIError
			if !errors.As(err, &refused) || refused.ErrorCode() != "SerializationException" || refused.ErrorMessage() != "Duplicate field 'id'" {
				t.Errorf("got %v", err)
			}
		},
	},
	{
		title:  "A region is a name",
		aws:    "A request must be signed for a region that exists.",
		stator: "Any name of a region's form is one. Tables of two regions are apart.",
		why:    "The machine is in no AWS region; a region serves as a namespace.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			elsewhere := func(o *dynamodb.Options) { o.Region = "cellar-1" }
			out, err := db.ListTables(t.Context(), &dynamodb.ListTablesInput{}, elsewhere)
			if err != nil || len(out.TableNames) != 0 {
				t.Errorf("tables in another region: %v (%v)", out, err)
			}
		},
	},
	{
		title:  "A table is in one region",
		aws:    "A table can have replicas in other regions and other accounts, as a global table.",
		stator: "What makes a table global is refused: ReplicaUpdates, GlobalTableWitnessUpdates, MultiRegionConsistency, GlobalTableSourceArn and GlobalTableSettingsReplicationMode.",
		why:    "A region is a name on one machine; a replica in another would be no safer and no nearer.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			_, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("things"),
				ReplicaUpdates: []types.ReplicationGroupUpdate{{Create: &types.CreateReplicationGroupMemberAction{RegionName: aws.String("us-west-2")}}}})
			if err == nil || !strings.Contains(err.Error(), "Global tables are not available") {
				t.Errorf("a replica: %v", err)
			}
		},
	},
	{
		title:  "Encryption at rest is the disk's",
		aws:    "Tables are encrypted with a key that AWS owns, one that it manages, or with SSESpecification one of the client's in KMS.",
		stator: "Items are as safe as the disk they are on. An SSESpecification without a key is kept and shown as SSEDescription, without KMSMasterKeyArn, and encrypts nothing; one with a KMSMasterKeyId is refused.",
		why:    "There is no KMS here, and a key beside the data protects it less than an encrypted disk. Templates that turn encryption on work; nobody is told that a key of theirs is used.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			encrypt := func(key *string) error {
				_, err := db.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: aws.String("things"),
					SSESpecification: &types.SSESpecification{Enabled: aws.Bool(true), KMSMasterKeyId: key}})
				return err
			}
			if err := encrypt(aws.String("alias/mine")); err == nil || !strings.Contains(err.Error(), "KMS keys are not available") {
				t.Errorf("with a key: %v", err)
			}
			if err := encrypt(nil); err != nil {
				t.Fatal(err)
			}
			out, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: aws.String("things")})
			if err != nil || out.Table.SSEDescription == nil || out.Table.SSEDescription.Status != types.SSEStatusEnabled || out.Table.SSEDescription.KMSMasterKeyArn != nil {
				t.Errorf("described as %+v (%v)", out.Table.SSEDescription, err)
			}
		},
	},
	{
		title:  "Exports and imports use the server's object store",
		aws:    "Buckets are Amazon S3's, made beforehand, with policies that may let other accounts in. What is wrong with the items of an import is in CloudWatch Logs.",
		stator: "A bucket is a part of the server's own object store, of the caller's account, and is there as soon as something is in it. Another S3BucketOwner is refused when the request comes. What is wrong with items is in the server's log, and the FailureMessage says so; CloudWatchLogGroupArn is left out.",
		why:    "The object store is the operator's choice, and has no API of its own to make buckets or to give them policies.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			in := &dynamodb.ImportTableInput{InputFormat: types.InputFormatCsv, S3BucketSource: &types.S3BucketSource{S3Bucket: aws.String("bucket"), S3BucketOwner: aws.String("111122223333")},
				TableCreationParameters: &types.TableCreationParameters{TableName: aws.String("imported"), BillingMode: types.BillingModePayPerRequest,
					AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
					KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}}}
			_, err := db.ImportTable(t.Context(), in)
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != "AccessDeniedException" {
				t.Errorf("another account's bucket: %v", err)
			}
		},
	},
	{
		title:  "Exports are neither filtered nor encrypted with KMS",
		aws:    "ExportTableToPointInTime takes a FilterSpecification, and S3SseAlgorithm KMS with a key.",
		stator: "Both are refused with a ValidationException. AES256 is described, and is up to the object store.",
		why:    "There is no KMS. A filter is for bills that grow with what is exported.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			for _, in := range []*dynamodb.ExportTableToPointInTimeInput{
				{FilterSpecification: &types.FilterSpecification{}}, {S3SseAlgorithm: types.S3SseAlgorithmKms},
			} {
				in.TableArn, in.S3Bucket = aws.String("arn:aws:dynamodb:us-east-1:111122223333:table/things"), aws.String("bucket")
				_, err := db.ExportTableToPointInTime(t.Context(), in)
				var api smithy.APIError
				if !errors.As(err, &api) || api.ErrorCode() != "ValidationException" || !strings.Contains(api.ErrorMessage(), "not available") {
					t.Errorf("%v", err)
				}
			}
		},
	},
}

func TestMain(m *testing.M) { harness.Main(m) }

func TestDifferences(t *testing.T) {
	conf := engine.Start(t).Config
	db := dynamodb.NewFromConfig(conf)
	create(t, db, "things")
	if _, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("collections"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{stringAttribute("id"), stringAttribute("n"), stringAttribute("m")},
		KeySchema:            []types.KeySchemaElement{key("id", types.KeyTypeHash), key("n", types.KeyTypeRange)},
		LocalSecondaryIndexes: []types.LocalSecondaryIndex{{IndexName: aws.String("byM"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			KeySchema: []types.KeySchemaElement{key("id", types.KeyTypeHash), key("m", types.KeyTypeRange)}}}}); err != nil {
		t.Fatal(err)
	}
	for _, d := range slices.Concat(differences, backupDifferences, identityDifferences, consoleDifferences, centerDifferences) {
		t.Run(d.title, func(t *testing.T) {
			if d.identity != nil {
				d.identity(t, conf)
			} else {
				d.shows(t, db)
			}
		})
	}
}

func TestDifferencesAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Where Stator differs from AWS\n\nOn purpose, and only here. This page is made from the tests that show each difference;\n" +
		"what is not listed and differs is a bug. What Stator does not have yet is in the\n" +
		"list of [operations](operations.md).\n")
	for _, d := range slices.Concat(differences, backupDifferences, identityDifferences, consoleDifferences, centerDifferences) {
		b.WriteString("\n## " + d.title + "\n\n- **AWS:** " + d.aws + "\n- **Stator:** " + d.stator + "\n- **Why:** " + d.why + "\n")
	}
	documented(t, document, b.String())
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func stringAttribute(name string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS}
}

func key(name string, kind types.KeyType) types.KeySchemaElement {
	return types.KeySchemaElement{AttributeName: aws.String(name), KeyType: kind}
}

func put(t *testing.T, db *dynamodb.Client, item map[string]types.AttributeValue) {
	t.Helper()
	if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("things"), Item: item}); err != nil {
		t.Fatal(err)
	}
}

// sending sends body in the place of what the SDK would.
func sending(body string) func(*dynamodb.Options) {
	return dynamodb.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Build.Add(middleware.BuildMiddlewareFunc("Sending", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (out middleware.BuildOutput, md middleware.Metadata, err error) {
			if in.Request, err = in.Request.(*smithyhttp.Request).SetStream(strings.NewReader(body)); err != nil {
				return out, md, err
			}
			return next.HandleBuild(ctx, in)
		}), middleware.Before)
	})
}

// create makes a table with one unit of throughput, whose key is id, and the index kinds.
func create(t *testing.T, db *dynamodb.Client, name string) *types.TableDescription {
	t.Helper()
	one := &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)}
	out, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String(name), ProvisionedThroughput: one,
		AttributeDefinitions: []types.AttributeDefinition{stringAttribute("id"), stringAttribute("kind")},
		KeySchema:            []types.KeySchemaElement{key("id", types.KeyTypeHash)},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("kinds"), ProvisionedThroughput: one,
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}, KeySchema: []types.KeySchemaElement{key("kind", types.KeyTypeHash)}}}})
	if err != nil {
		t.Fatal(err)
	}
	return out.TableDescription
}

// setTTL changes Time To Live and waits for that.
func setTTL(t *testing.T, db *dynamodb.Client, name, attr string, enabled bool) {
	t.Helper()
	_, err := db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: &name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attr, Enabled: &enabled}})
	if err != nil {
		t.Fatal(err)
	}
	want := types.TimeToLiveStatusDisabled
	if enabled {
		want = types.TimeToLiveStatusEnabled
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		out, err := db.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &name})
		if err != nil || time.Now().After(end) {
			t.Fatalf("it is not %s: %v", want, err)
		}
		if out.TimeToLiveDescription.TimeToLiveStatus == want {
			return
		}
	}
}
