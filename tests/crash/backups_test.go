package crash_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/harness"
)

// twins is a table of items in pairs that always have the same number, as each change is one transaction for both. So has every
// table that is restored, and its numbers are not less than what was acknowledged before the backup was asked for.
type twins struct {
	*testing.T
	server *harness.Server
	client *dynamodb.Client
	pairs  int
	acked  []atomic.Int64
}

const twinTable = "twins"

func twinKey(side string, i int) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: fmt.Sprintf("%s%d", side, i)}}
}

func (w *twins) prepare(ctx context.Context) {
	_, err := w.client.CreateTable(ctx, &dynamodb.CreateTableInput{TableName: aws.String(twinTable), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: "S"}, {AttributeName: aws.String("side"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: "HASH"}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("sides"), Projection: &types.Projection{ProjectionType: "KEYS_ONLY"},
			KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("side"), KeyType: "HASH"}}}}})
	w.ok(err)
	text := &types.AttributeValueMemberS{Value: strings.Repeat("x", 400)}
	var puts []types.WriteRequest
	for i := range w.pairs {
		for _, side := range []string{"a", "b"} {
			it := twinKey(side, i)
			it["n"], it["text"], it["side"] = &types.AttributeValueMemberN{Value: "0"}, text, &types.AttributeValueMemberS{Value: side}
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: it}})
		}
		if len(puts) >= 24 || i == w.pairs-1 {
			_, err := w.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{twinTable: puts}})
			w.ok(err)
			puts = nil
		}
	}
	_, err = w.client.UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String(twinTable),
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
	w.ok(err)
}

func (w *twins) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// write changes pairs until ctx ends or the server is gone. Each pair has one writer.
func (w *twins) write(ctx context.Context, r *rand.Rand, of, writers int) {
	for ctx.Err() == nil {
		i := r.IntN(w.pairs/writers)*writers + of
		n := w.acked[i].Load() + 1
		var updates []types.TransactWriteItem
		for _, side := range []string{"a", "b"} {
			updates = append(updates, types.TransactWriteItem{Update: &types.Update{TableName: aws.String(twinTable), Key: twinKey(side, i),
				UpdateExpression: aws.String("SET n = :n"), ExpressionAttributeValues: map[string]types.AttributeValue{":n": &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}}}})
		}
		if _, err := w.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: updates}); err != nil {
			return
		}
		w.acked[i].Store(n)
	}
}

// crash writes, does what is to be interrupted, and kills the server soon after that.
func (w *twins) crash(r *rand.Rand, do func()) {
	const writers = 4
	ctx, stop := context.WithCancel(w.Context())
	var all sync.WaitGroup
	for i := range writers {
		seed := r.Uint64()
		all.Go(func() { w.write(ctx, rand.New(rand.NewPCG(seed, 0)), i, writers) })
	}
	time.Sleep(millis(r, 5, 50))
	do()
	time.Sleep(millis(r, 0, 60))
	w.server.Kill()
	stop()
	all.Wait()
	w.server.Restart()
	w.client = newClient(w.server, 16)
}

func (w *twins) known() []int64 {
	known := make([]int64, w.pairs)
	for i := range known {
		known[i] = w.acked[i].Load()
	}
	return known
}

// await waits until ready, and says whether it was not at once.
func (w *twins) await(what string, ready func() (bool, error)) (waited bool) {
	w.Helper()
	for end := time.Now().Add(2 * patience); ; time.Sleep(5 * time.Millisecond) {
		is, err := ready()
		w.ok(err)
		if is {
			return waited
		}
		if waited = true; time.Now().After(end) {
			w.Fatalf("%s is not done", what)
		}
	}
}

func (w *twins) active(name string) func() (bool, error) {
	return func() (bool, error) {
		out, err := w.client.DescribeTable(w.Context(), &dynamodb.DescribeTableInput{TableName: &name})
		return err == nil && out.Table.TableStatus == types.TableStatusActive, err
	}
}

// verify compares a restored table with what was acknowledged before.
func (w *twins) verify(name string, known []int64) {
	w.Helper()
	numbers := map[string]int64{}
	for p := dynamodb.NewScanPaginator(w.client, &dynamodb.ScanInput{TableName: &name}); p.HasMorePages(); {
		page, err := p.NextPage(w.Context())
		w.ok(err)
		for _, it := range page.Items {
			n, err := strconv.ParseInt(it["n"].(*types.AttributeValueMemberN).Value, 10, 64)
			w.ok(err)
			numbers[it["id"].(*types.AttributeValueMemberS).Value] = n
		}
	}
	if len(numbers) != 2*w.pairs {
		w.Errorf("%s has %d items of %d", name, len(numbers), 2*w.pairs)
	}
	for i := range w.pairs {
		a, b := numbers[fmt.Sprint("a", i)], numbers[fmt.Sprint("b", i)]
		if a != b || a < known[i] {
			w.Errorf("%s: twins %d have %d and %d; %d was acknowledged before", name, i, a, b, known[i])
		}
	}
}

// TestCrashBackups kills the server while backups are copied and tables restored: both go on, and what is restored is a state that the table was in.
func TestCrashBackups(t *testing.T) {
	r, data := rng(t), folder(t)
	server := harness.Start(t, "--data", data)
	w := &twins{T: t, server: server, client: newClient(server, 16), pairs: 4000}
	w.acked = make([]atomic.Int64, w.pairs)
	w.prepare(t.Context())
	resumed := 0
	rounds := 4
	if testing.Short() {
		rounds = 1
	}
	for round := range rounds {
		backedUp, point := fmt.Sprint("backup", round), fmt.Sprint("point", round)
		var made *dynamodb.CreateBackupOutput
		var known []int64
		w.crash(r, func() {
			known = w.known()
			var err error
			made, err = w.client.CreateBackup(t.Context(), &dynamodb.CreateBackupInput{TableName: aws.String(twinTable), BackupName: aws.String("backup")})
			w.ok(err)
		})
		if w.await("the backup", func() (bool, error) {
			out, err := w.client.DescribeBackup(t.Context(), &dynamodb.DescribeBackupInput{BackupArn: made.BackupDetails.BackupArn})
			return err == nil && out.BackupDescription.BackupDetails.BackupStatus == types.BackupStatusAvailable, err
		}) {
			resumed++
		}
		var later []int64
		w.crash(r, func() {
			later = w.known()
			_, err := w.client.RestoreTableToPointInTime(t.Context(), &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: aws.String(twinTable),
				TargetTableName: &point, UseLatestRestorableTime: aws.Bool(true)})
			w.ok(err)
			_, err = w.client.RestoreTableFromBackup(t.Context(), &dynamodb.RestoreTableFromBackupInput{BackupArn: made.BackupDetails.BackupArn, TargetTableName: &backedUp})
			w.ok(err)
		})
		for _, name := range []string{backedUp, point} {
			if w.await(name, w.active(name)) {
				resumed++
			}
		}
		w.verify(backedUp, known)
		w.verify(point, later)
		for _, name := range []string{backedUp, point} {
			_, err := w.client.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: &name})
			w.ok(err)
		}
	}
	server.Stop()
	out, exit := check(t, data)
	if exit != 0 {
		t.Error(errors.New(out))
	}
	t.Logf("%d of %d were not done when the server came back; stator check: %s", resumed, 3*rounds, out)
}
