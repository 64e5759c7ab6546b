package harness_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestServer(t *testing.T) {
	s := harness.Start(t)
	client := dynamodb.NewFromConfig(s.Config)
	_, err := client.CreateTable(context.Background(), &dynamodb.CreateTableInput{
		TableName:            aws.String("Music"),
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("Artist"), AttributeType: "S"}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("Artist"), KeyType: "HASH"}},
		BillingMode:          types.BillingModePayPerRequest,
	})
	if err != nil {
		t.Fatal(err)
	}
	endpoint, account := s.Endpoint, s.Account
	for _, how := range []struct {
		name string
		end  func()
	}{{"running", func() {}}, {"killed", s.Kill}, {"stopped", s.Stop}} {
		how.end()
		s.Restart()
		if s.Endpoint != endpoint || s.Account != account {
			t.Errorf("%s, restarted: %s of %s, want %s of %s", how.name, s.Endpoint, s.Account, endpoint, account)
		}
		list, err := client.ListTables(context.Background(), &dynamodb.ListTablesInput{})
		if err != nil || len(list.TableNames) != 1 || list.TableNames[0] != "Music" {
			t.Errorf("%s, restarted: tables %v, error %v", how.name, list, err)
		}
	}
	if !strings.Contains(strings.Join(s.Env, "\n"), "\nAWS_ENDPOINT_URL="+endpoint+"\n") {
		t.Errorf("no endpoint in the environment")
	}
	select {
	case <-s.Exited():
		t.Error("it runs, but Exited is closed")
	default:
	}
	s.Kill()
	<-s.Exited()
}

func TestOpen(t *testing.T) {
	s := harness.Start(t, "--auth=open", "--engine=memory", "--region=eu-central-1")
	out, err := dynamodb.NewFromConfig(s.Config).ListTables(context.Background(), &dynamodb.ListTablesInput{})
	if err != nil || len(out.TableNames) != 0 {
		t.Errorf("tables %v, error %v", out, err)
	}
	if s.Config.Region != "eu-central-1" || s.Account != "000000000000" {
		t.Errorf("region %s, account %s", s.Config.Region, s.Account)
	}
}
