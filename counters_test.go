package stator_test

import (
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator"
)

// The page of metrics has what tables do by themselves, and what was refused for want of throughput.
func TestCounters(t *testing.T) {
	s := open(t, stator.Options{Metrics: true, Throttle: true})
	defer s.Close()
	db := client(t, s)
	page := func() string {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
		return w.Body.String()
	}
	const zero = "stator_throttle_events_total{reason=\"TableWriteProvisionedThroughputExceeded\"} 0\n"
	if !strings.Contains(page(), zero) {
		t.Errorf("no line %s", zero)
	}
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("music"), KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("p"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions:  []types.AttributeDefinition{{AttributeName: aws.String("p"), AttributeType: types.ScalarAttributeTypeS}},
		ProvisionedThroughput: &types.ProvisionedThroughput{ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)},
		StreamSpecification:   &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeKeysOnly}})
	if err != nil {
		t.Fatal(err)
	}
	put := func(text string) error {
		_, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("music"), Item: map[string]types.AttributeValue{
			"p": &types.AttributeValueMemberS{Value: "x"}, "t": &types.AttributeValueMemberN{Value: strconv.FormatInt(time.Now().Unix()-100, 10)}, "x": &types.AttributeValueMemberS{Value: text}}})
		return err
	}
	if err := put(strings.Repeat("x", 399<<10)); err != nil {
		t.Fatal(err)
	}
	if err := put("y"); err == nil {
		t.Fatal("throughput is not limited")
	}
	_, err = db.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{TableName: aws.String("music"),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("t"), Enabled: aws.Bool(true)}})
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{`stator_throttle_events_total{reason="TableWriteProvisionedThroughputExceeded"} 1`, `stator_throttle_events_total{reason="IndexReadAccountLimitExceeded"} 0`,
		"stator_expired_items_total 1", "stator_stream_records_written_total 2", "stator_stream_records_read_total 0"}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		missing, got := "", page()
		for _, line := range lines {
			if !strings.Contains(got, line+"\n") {
				missing = line
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no line %s in\n%s", missing, got)
		}
	}
}
