package stator_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// musicBackup makes a backup of the table, and waits until it is there.
func (a *ann) musicBackup() *string {
	a.Helper()
	made, err := a.admin.CreateBackup(a.Context(), &dynamodb.CreateBackupInput{TableName: aws.String("myMusicTable"), BackupName: aws.String("one")})
	a.ok(err)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		out, err := a.admin.DescribeBackup(a.Context(), &dynamodb.DescribeBackupInput{BackupArn: made.BackupDetails.BackupArn})
		a.ok(err)
		if out.BackupDescription.BackupDetails.BackupStatus == types.BackupStatusAvailable {
			return made.BackupDetails.BackupArn
		}
		if time.Now().After(end) {
			a.Fatal("the backup is not available")
		}
	}
}

// A restore takes its own permission on the backup or on the source table, and those to read and write items on the table to be made (developer guide, "Using
// IAM with DynamoDB backup and restore").
func TestRestoreNeedsTheTarget(t *testing.T) {
	a := newAnn(t)
	_, err := a.admin.CreateTable(t.Context(), musicInput())
	a.ok(err)
	backup := a.musicBackup()
	_, err = a.admin.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("myMusicTable"),
		PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
	a.ok(err)
	fromBackup := func(target string) error {
		_, err := a.user.RestoreTableFromBackup(t.Context(), &dynamodb.RestoreTableFromBackupInput{BackupArn: backup, TargetTableName: &target})
		return err
	}
	toPoint := func(target string) error {
		_, err := a.user.RestoreTableToPointInTime(t.Context(), &dynamodb.RestoreTableToPointInTimeInput{SourceTableName: aws.String("myMusicTable"),
			TargetTableName: &target, UseLatestRestorableTime: aws.Bool(true)})
		return err
	}
	denied := func(what string, err error) {
		t.Helper()
		if got, status := code(err); got != "AccessDeniedException" || status != 400 {
			t.Errorf("%s: %v", what, err)
		}
	}
	denied("without anything", fromBackup("copy1"))
	denied("without anything", toPoint("copy1"))
	a.may("restores", `{"Effect":"Allow","Action":"dynamodb:RestoreTable*","Resource":"*"}`)
	denied("without the target", fromBackup("copy1"))
	denied("without the target", toPoint("copy1"))
	const target = `"Resource":"arn:aws:dynamodb:eu-west-1:111122223333:table/copy*"`
	a.may("target", `{"Effect":"Allow","Action":["dynamodb:BatchWriteItem","dynamodb:DeleteItem","dynamodb:GetItem","dynamodb:PutItem","dynamodb:Query","dynamodb:Scan","dynamodb:UpdateItem"],`+target+`}`)
	a.ok(fromBackup("copy1"))
	a.ok(toPoint("copy2"))
	denied("another target", fromBackup("other"))
	a.may("no", `{"Effect":"Deny","Action":"dynamodb:Scan",`+target+`}`)
	denied("one of the target's permissions", fromBackup("copy3"))
	denied("one of the target's permissions", toPoint("copy3"))
}

// What one may do with backups is decided by their ARNs, and with point-in-time recovery by the table's.
func TestBackupPermissions(t *testing.T) {
	a := newAnn(t)
	_, err := a.admin.CreateTable(t.Context(), musicInput())
	a.ok(err)
	backup := a.musicBackup()
	calls := map[string]func() error{
		"CreateBackup": func() error {
			_, err := a.user.CreateBackup(t.Context(), &dynamodb.CreateBackupInput{TableName: aws.String("myMusicTable"), BackupName: aws.String("two")})
			return err
		},
		"ListBackups": func() error {
			_, err := a.user.ListBackups(t.Context(), &dynamodb.ListBackupsInput{})
			return err
		},
		"DescribeBackup": func() error {
			_, err := a.user.DescribeBackup(t.Context(), &dynamodb.DescribeBackupInput{BackupArn: backup})
			return err
		},
		"DescribeContinuousBackups": func() error {
			_, err := a.user.DescribeContinuousBackups(t.Context(), &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("myMusicTable")})
			return err
		},
		"UpdateContinuousBackups": func() error {
			_, err := a.user.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: aws.String("myMusicTable"),
				PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}})
			return err
		},
		"DeleteBackup": func() error {
			_, err := a.user.DeleteBackup(t.Context(), &dynamodb.DeleteBackupInput{BackupArn: backup})
			return err
		},
	}
	resource := map[string]string{"CreateBackup": musicTable, "ListBackups": "*", "DescribeBackup": musicTable + "/backup/*", "DeleteBackup": *backup,
		"DescribeContinuousBackups": musicTable, "UpdateContinuousBackups": musicTable}
	for name, call := range calls {
		if got, _ := code(call()); got != "AccessDeniedException" {
			t.Errorf("%s without a policy: %s", name, got)
		}
		a.may("p", `{"Effect":"Allow","Action":"dynamodb:`+name+`","Resource":"arn:aws:dynamodb:eu-west-1:111122223333:table/other"}`)
		if got, _ := code(call()); got != "AccessDeniedException" {
			t.Errorf("%s of another table: %s", name, got)
		}
	}
	for _, name := range []string{"DescribeBackup", "ListBackups", "CreateBackup", "DescribeContinuousBackups", "UpdateContinuousBackups", "DeleteBackup"} {
		a.may("p", `{"Effect":"Allow","Action":"dynamodb:`+name+`","Resource":"`+resource[name]+`"}`)
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			err := calls[name]()
			// The backup that was just asked for may still be copied.
			if got, _ := code(err); got == "BackupInUseException" && time.Now().Before(end) {
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			break
		}
	}
}
