package identity

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Each account has its own backups: another one neither lists nor reads, restores nor deletes them, though it may do all in its own.
func TestBackupsOfAnotherAccount(t *testing.T) {
	name := named(t, "table")
	c := dynamo(site.admin)
	_, err := c.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}}})
	must(t, "create table", err)
	made, err := c.CreateBackup(t.Context(), &dynamodb.CreateBackupInput{TableName: &name, BackupName: aws.String("one")})
	must(t, "create backup", err)
	arn := made.BackupDetails.BackupArn
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		out, err := c.DescribeBackup(t.Context(), &dynamodb.DescribeBackupInput{BackupArn: arn})
		must(t, "describe backup", err)
		if out.BackupDescription.BackupDetails.BackupStatus == types.BackupStatusAvailable {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the backup is not available")
		}
	}

	stranger := dynamo(newAccount(t).admin)
	listed, err := stranger.ListBackups(t.Context(), &dynamodb.ListBackupsInput{BackupType: types.BackupTypeFilterAll})
	must(t, "list backups", err)
	if len(listed.BackupSummaries) != 0 {
		t.Errorf("another account lists %v", listed.BackupSummaries)
	}
	for what, call := range map[string]func() error{
		"list": func() error {
			_, err := stranger.ListBackups(t.Context(), &dynamodb.ListBackupsInput{TableName: made.BackupDetails.BackupArn})
			return err
		},
		"describe": func() error {
			_, err := stranger.DescribeBackup(t.Context(), &dynamodb.DescribeBackupInput{BackupArn: arn})
			return err
		},
		"restore": func() error {
			_, err := stranger.RestoreTableFromBackup(t.Context(), &dynamodb.RestoreTableFromBackupInput{BackupArn: arn, TargetTableName: &name})
			return err
		},
		"delete": func() error {
			_, err := stranger.DeleteBackup(t.Context(), &dynamodb.DeleteBackupInput{BackupArn: arn})
			return err
		},
	} {
		if call() == nil {
			t.Errorf("another account may %s", what)
		}
	}
	if _, err := c.DescribeBackup(t.Context(), &dynamodb.DescribeBackupInput{BackupArn: arn}); err != nil {
		t.Errorf("and then it is gone: %v", err)
	}
}
