package crash_test

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/statordb/stator/tests/harness"
)

// outcome is what a client knows of its request.
type outcome int

const (
	done    outcome = iota // acknowledged
	refused                // the server said that it did not do it
	lost                   // no answer: it happened or not
)

// patience is for whatever the server must do some time.
const patience = 30 * time.Second

// finishing is for indexes and Time To Live, which wait for other servers at each step.
const finishing = 3 * patience

// newClient makes a client that never sends anything twice.
func newClient(s *harness.Server, connections int) *dynamodb.Client {
	return connect(s.Config, connections)
}

func connect(to aws.Config, connections int) *dynamodb.Client {
	h := harness.NoRetryClient(patience, connections)
	return dynamodb.NewFromConfig(to, func(o *dynamodb.Options) {
		o.Retryer, o.HTTPClient = aws.NopRetryer{}, h
	})
}

// plainStreams is for clients of streams what newClient is for those of tables.
func plainStreams(o *dynamodbstreams.Options) {
	o.Retryer, o.HTTPClient = aws.NopRetryer{}, harness.NoRetryClient(patience, 1)
}

// outcomeOf tells what err means. Answers that no correct client should get, and lost connections to a server that was
// not killed, are findings. If faults are expected, an answer that says that the server could not do it is none: it may have
// happened.
func (l *load) outcomeOf(what string, err error) outcome {
	var answer smithy.APIError
	switch {
	case err == nil:
		return done
	case l.faults && isFault(err):
		return lost
	case errors.As(err, &answer):
		switch answer.ErrorCode() {
		case "ConditionalCheckFailedException", "TransactionCanceledException":
			return refused
		}
		l.found.add("%s: %v", what, err)
		return lost
	case !l.killing.Load():
		l.found.add("%s: no answer, though the server was not killed: %v", what, err)
	}
	return lost
}

// isFault says whether err is no answer, or one of a server that could not do its work.
func isFault(err error) bool {
	var answer *smithyhttp.ResponseError
	return !errors.As(err, &answer) || answer.HTTPStatusCode() == 0 || answer.HTTPStatusCode() >= 500
}

// scan returns all items of a table or an index.
func scan(ctx context.Context, client *dynamodb.Client, table, index string) ([]item, error) {
	in := &dynamodb.ScanInput{TableName: &table, ConsistentRead: aws.Bool(index == "")}
	if index != "" {
		in.IndexName = &index
	}
	var all []item
	for pages := dynamodb.NewScanPaginator(client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
	}
	return all, nil
}
