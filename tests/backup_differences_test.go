package tests

import (
	"errors"
	"maps"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// backupDifferences are those of backups and point-in-time recovery.
var backupDifferences = []difference{
	{
		title:  "A backup is of one moment",
		aws:    "A backup has all writes that were acknowledged before it was asked for; of later ones it may have some, and of a transaction a part.",
		stator: "It is the table as it was at one moment soon after, transactions whole. So is a table that is restored to a point in time.",
		why:    "The same journal serves both, and a copy that is consistent needs no repair.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			create(t, db, "pairs")
			stop, stopped := make(chan bool), make(chan bool)
			write := func(n int) {
				var puts []types.TransactWriteItem
				for _, id := range []string{"a", "b", "c"} {
					puts = append(puts, types.TransactWriteItem{Put: &types.Put{TableName: aws.String("pairs"), Item: map[string]types.AttributeValue{"id": text(id), "n": text(strconv.Itoa(n))}}})
				}
				if _, err := db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: puts}); err != nil {
					t.Error(err)
				}
			}
			write(0)
			go func() {
				defer close(stopped)
				for n := 1; ; n++ {
					select {
					case <-stop:
						return
					default:
						write(n)
					}
				}
			}()
			for _, target := range []string{"pairs1", "pairs2", "pairs3"} {
				b := backUp(t, db, "pairs")
				if _, err := db.RestoreTableFromBackup(t.Context(), &dynamodb.RestoreTableFromBackupInput{BackupArn: b, TargetTableName: &target}); err != nil {
					t.Fatal(err)
				}
				items := restored(t, db, target)
				if len(items) != 3 || !maps.Equal(items[0], items[1]) || !maps.Equal(items[1], items[2]) {
					t.Errorf("the backup has of a transaction a part: %v", items)
				}
			}
			close(stop)
			<-stopped
		},
	},
	{
		title:  "The latest restorable time is the present",
		aws:    "LatestRestorableDateTime is typically five minutes before the current time.",
		stator: "It is the current time: a table is restored with the last write that was acknowledged.",
		why:    "What a write changed is in the journal when it is acknowledged.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			create(t, db, "latest")
			if _, err := db.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("latest"),
				PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}}); err != nil {
				t.Fatal(err)
			}
			if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("latest"), Item: map[string]types.AttributeValue{"id": text("x"), "n": text("1")}}); err != nil {
				t.Fatal(err)
			}
			if _, err := db.RestoreTableToPointInTime(t.Context(), &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: aws.String("latest"),
				TargetTableName: aws.String("latest2"), UseLatestRestorableTime: aws.Bool(true)}); err != nil {
				t.Fatal(err)
			}
			if items := restored(t, db, "latest2"); len(items) != 1 {
				t.Errorf("the last write is not restored: %v", items)
			}
		},
	},
	{
		title:  "Tables are restored in their own region",
		aws:    "SourceTableArn may be of another region, to which the table is restored.",
		stator: "It is refused with a ValidationException.",
		why:    "A region is a name here. A server has all of them on one disk, and a copy in another one keeps nothing safer.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			_, err := db.RestoreTableToPointInTime(t.Context(), &dynamodb.RestoreTableToPointInTimeInput{TargetTableName: aws.String("other"),
				SourceTableArn: aws.String("arn:aws:dynamodb:ca-west-1:000000000000:table/things"), UseLatestRestorableTime: aws.Bool(true)})
			var refused smithy.APIError
			if !errors.As(err, &refused) || refused.ErrorCode() != "ValidationException" {
				t.Errorf("%v", err)
			}
		},
	},
	{
		title:  "There is no AWS Backup",
		aws:    "Backups can be made, copied and expired by plans of AWS Backup, which are listed with the type AWS_BACKUP.",
		stator: "There is no such service; ListBackups with that type is empty.",
		why:    "A schedule of one's own calls CreateBackup and DeleteBackup.",
		shows: func(t *testing.T, db *dynamodb.Client) {
			create(t, db, "planned")
			backUp(t, db, "planned")
			out, err := db.ListBackups(t.Context(), &dynamodb.ListBackupsInput{TableName: aws.String("planned"), BackupType: types.BackupTypeFilterAwsBackup})
			if err != nil || len(out.BackupSummaries) != 0 {
				t.Errorf("%v (%v)", out, err)
			}
		},
	},
}

// backUp makes a backup and waits until it is there.
func backUp(t *testing.T, db *dynamodb.Client, name string) (arn *string) {
	t.Helper()
	made, err := db.CreateBackup(t.Context(), &dynamodb.CreateBackupInput{TableName: &name, BackupName: aws.String("backup")})
	if err != nil {
		t.Fatal(err)
	}
	arn = made.BackupDetails.BackupArn
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		out, err := db.DescribeBackup(t.Context(), &dynamodb.DescribeBackupInput{BackupArn: arn})
		if err != nil || time.Now().After(end) {
			t.Fatalf("it is not available: %v", err)
		}
		if out.BackupDescription.BackupDetails.BackupStatus == types.BackupStatusAvailable {
			return arn
		}
	}
}

// restored waits until a table is restored, and returns what its items have as n.
func restored(t *testing.T, db *dynamodb.Client, name string) (items []map[string]string) {
	t.Helper()
	err := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay, o.MaxDelay = 5*time.Millisecond, time.Second }).
		Wait(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	out, err := db.Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range out.Items {
		items = append(items, map[string]string{"n": it["n"].(*types.AttributeValueMemberS).Value})
	}
	return items
}
