package sdk

import (
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The guide's sample tables and data, from its appendix "Example tables and data".

var products = []string{
	`{"Id":101,"Title":"Book 101 Title","ISBN":"111-1111111111","Authors":["Author1"],"Price":2,
	  "Dimensions":"8.5 x 11.0 x 0.5","PageCount":500,"InPublication":true,"ProductCategory":"Book"}`,
	`{"Id":102,"Title":"Book 102 Title","ISBN":"222-2222222222","Authors":["Author1","Author2"],"Price":20,
	  "Dimensions":"8.5 x 11.0 x 0.8","PageCount":600,"InPublication":true,"ProductCategory":"Book"}`,
	`{"Id":103,"Title":"Book 103 Title","ISBN":"333-3333333333","Authors":["Author1","Author2"],"Price":2000,
	  "Dimensions":"8.5 x 11.0 x 1.5","PageCount":600,"InPublication":false,"ProductCategory":"Book"}`,
	`{"Id":201,"Title":"18-Bike-201","Description":"201 Description","BicycleType":"Road","Brand":"Mountain A",
	  "Price":100,"Color":["Red","Black"],"ProductCategory":"Bicycle"}`,
	`{"Id":202,"Title":"21-Bike-202","Description":"202 Description","BicycleType":"Road","Brand":"Brand-Company A",
	  "Price":200,"Color":["Green","Black"],"ProductCategory":"Bicycle"}`,
	`{"Id":203,"Title":"19-Bike-203","Description":"203 Description","BicycleType":"Road","Brand":"Brand-Company B",
	  "Price":300,"Color":["Red","Green","Black"],"ProductCategory":"Bicycle"}`,
	`{"Id":204,"Title":"18-Bike-204","Description":"204 Description","BicycleType":"Mountain","Brand":"Brand-Company B",
	  "Price":400,"Color":["Red"],"ProductCategory":"Bicycle"}`,
	`{"Id":205,"Title":"18-Bike-204","Description":"205 Description","BicycleType":"Hybrid","Brand":"Brand-Company C",
	  "Price":500,"Color":["Red","Black"],"ProductCategory":"Bicycle"}`,
}

var forums = []string{
	`{"Name":"Amazon DynamoDB","Category":"Amazon Web Services","Threads":2,"Messages":4,"Views":1000}`,
	`{"Name":"Amazon S3","Category":"Amazon Web Services"}`,
}

var threads = []string{
	`{"ForumName":"Amazon DynamoDB","Subject":"DynamoDB Thread 1","Message":"DynamoDB thread 1 message",
	  "LastPostedBy":"User A","LastPostedDateTime":"2015-09-22T19:58:22.514Z","Views":0,"Replies":0,"Answered":0,
	  "Tags":["index","primarykey","table"]}`,
	`{"ForumName":"Amazon DynamoDB","Subject":"DynamoDB Thread 2","Message":"DynamoDB thread 2 message",
	  "LastPostedBy":"User A","LastPostedDateTime":"2015-09-15T19:58:22.514Z","Views":3,"Replies":0,"Answered":0,
	  "Tags":["items","attributes","throughput"]}`,
	`{"ForumName":"Amazon S3","Subject":"S3 Thread 1","Message":"S3 thread 1 message",
	  "LastPostedBy":"User A","LastPostedDateTime":"2015-09-29T19:58:22.514Z","Views":0,"Replies":0,"Answered":0,
	  "Tags":["largeobjects","multipart upload"]}`,
}

var replies = []string{
	`{"Id":"Amazon DynamoDB#DynamoDB Thread 1","ReplyDateTime":"2015-09-15T19:58:22.947Z",
	  "Message":"DynamoDB Thread 1 Reply 1 text","PostedBy":"User A"}`,
	`{"Id":"Amazon DynamoDB#DynamoDB Thread 1","ReplyDateTime":"2015-09-22T19:58:22.947Z",
	  "Message":"DynamoDB Thread 1 Reply 2 text","PostedBy":"User B"}`,
	`{"Id":"Amazon DynamoDB#DynamoDB Thread 2","ReplyDateTime":"2015-09-29T19:58:22.947Z",
	  "Message":"DynamoDB Thread 2 Reply 1 text","PostedBy":"User A"}`,
	`{"Id":"Amazon DynamoDB#DynamoDB Thread 2","ReplyDateTime":"2015-10-05T19:58:22.947Z",
	  "Message":"DynamoDB Thread 2 Reply 2 text","PostedBy":"User A"}`,
}

// bicycle is the item that the chapters on expressions are about.
const bicycle = `{"Id":123,"Title":"Bicycle 123","Description":"123 description","BicycleType":"Hybrid",
	"Brand":"Brand-Company C","Price":500,"Color":{"$SS":["Red","Black"]},"ProductCategory":"Bicycle","InStock":true,
	"QuantityOnHand":null,"RelatedItems":[341,472,649],
	"Pictures":{"FrontView":"http://example.com/products/123_front.jpg",
		"RearView":"http://example.com/products/123_rear.jpg","SideView":"http://example.com/products/123_left_side.jpg"},
	"ProductReviews":{"FiveStar":["Excellent! Can't recommend it highly enough! Buy it!","Do yourself a favor and buy this."],
		"OneStar":["Terrible product! Do not buy this."]},
	"Comment":"This product sells out quickly during the summer","Safety.Warning":"Always wear a helmet"}`

// productCatalog makes a ProductCatalog table with those items.
func productCatalog(t *testing.T, c *dynamodb.Client, items ...string) *string {
	t.Helper()
	table := own(t, "ProductCatalog")
	create(t, c, table, nil, "Id:N")
	load(t, c, map[string][]string{*table: items})
	return table
}

// load writes at most 25 items with one BatchWriteItem.
func load(t *testing.T, c *dynamodb.Client, tables map[string][]string) {
	t.Helper()
	requests := map[string][]types.WriteRequest{}
	for table, items := range tables {
		for _, text := range items {
			requests[table] = append(requests[table], types.WriteRequest{PutRequest: &types.PutRequest{Item: item(text)}})
		}
	}
	maps.DeleteFunc(requests, func(_ string, r []types.WriteRequest) bool { return len(r) == 0 })
	if len(requests) == 0 {
		return
	}
	out, err := c.BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: requests})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.UnprocessedItems) > 0 {
		t.Fatalf("not processed: %v", out.UnprocessedItems)
	}
}

// discussion is the guide's forum application.
type discussion struct{ forum, thread, reply *string }

// discussionTables makes the tables Forum, Thread and Reply, and loads their data.
func discussionTables(t *testing.T, c *dynamodb.Client) discussion {
	t.Helper()
	d := discussion{own(t, "Forum"), own(t, "Thread"), own(t, "Reply")}
	create(t, c, d.forum, nil, "Name:S")
	create(t, c, d.thread, nil, "ForumName:S", "Subject:S")
	create(t, c, d.reply, func(in *dynamodb.CreateTableInput) {
		in.AttributeDefinitions = append(in.AttributeDefinitions, definitions("PostedBy:S", "Message:S")...)
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
			IndexName:  aws.String("PostedBy-Message-Index"),
			KeySchema:  schema("PostedBy", "Message"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}}
	}, "Id:S", "ReplyDateTime:S")
	load(t, c, map[string][]string{*d.forum: forums, *d.thread: threads, *d.reply: replies})
	return d
}

func definitions(attributes ...string) []types.AttributeDefinition {
	_, d := keys(attributes...)
	return d
}

func schema(attributes ...string) []types.KeySchemaElement {
	s, _ := keys(attributes...)
	return s
}
