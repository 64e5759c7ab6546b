package servers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/statordb/stator/tests/fleet"
)

// Three servers start at once on an empty engine: there is one account with one user, and whatever the first start made is
// good on all. What one of them made any other can use.
func TestAnyServer(t *testing.T) {
	fleet.Each(t, 3, nil, func(t *testing.T, f *fleet.Fleet) {
		for _, c := range []struct {
			name string
			test func(*testing.T, *fleet.Fleet)
		}{
			{"first start", firstStart},
			{"items", items},
			{"pagination", pagination},
			{"stream iterators", iterators},
			{"session credentials", sessions},
			{"idempotency tokens", idempotency},
			{"sign-in", signIn},
			{"changes of tables", changesOfTables},
			{"changes of identities", changesOfIdentities},
		} {
			t.Run(c.name, func(t *testing.T) { c.test(t, f) })
		}
		f.Check(t)
	})
}

func firstStart(t *testing.T, f *fleet.Fleet) {
	accounts := map[string]bool{}
	for i, s := range f.Servers {
		who, err := sts.NewFromConfig(s.Config).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		must(t, err)
		accounts[*who.Arn] = true
		list, err := organizations.NewFromConfig(s.Config).ListAccounts(t.Context(), &organizations.ListAccountsInput{})
		must(t, err)
		users, err := iam.NewFromConfig(s.Config).ListUsers(t.Context(), &iam.ListUsersInput{})
		must(t, err)
		if len(list.Accounts) != 1 || len(users.Users) != 1 || *users.Users[0].UserName != "Administrator" {
			t.Errorf("server %d knows %d accounts, and %d users in this", i, len(list.Accounts), len(users.Users))
		}
	}
	if len(accounts) != 1 {
		t.Errorf("the first key is of %v", accounts)
	}
}

func items(t *testing.T, f *fleet.Fleet) {
	name := newTable(t, f)
	all := clients(f)
	for i := range 30 {
		key := item{"pk": str(fmt.Sprint(i))}
		_, err := all[i%3].PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: key})
		must(t, err)
		got, err := all[(i+1)%3].GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: key, ConsistentRead: aws.Bool(true)})
		must(t, err)
		if got.Item == nil {
			t.Errorf("item %d is not there on the next server", i)
		}
	}
}

func pagination(t *testing.T, f *fleet.Fleet) {
	all := clients(f)
	names := []string{newTable(t, f), newTable(t, f), newTable(t, f), newTable(t, f)}
	for i := range 25 {
		_, err := all[0].PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &names[0], Item: item{"pk": str(fmt.Sprint(i))}})
		must(t, err)
	}
	seen := map[string]bool{}
	scan := &dynamodb.ScanInput{TableName: &names[0], Limit: aws.Int32(4)}
	for page := 0; page == 0 || scan.ExclusiveStartKey != nil; page++ {
		out, err := all[page%3].Scan(t.Context(), scan)
		must(t, err)
		for _, it := range out.Items {
			seen[it["pk"].(*types.AttributeValueMemberS).Value] = true
		}
		scan.ExclusiveStartKey = out.LastEvaluatedKey
	}
	if len(seen) != 25 {
		t.Errorf("Scan found %d items of 25", len(seen))
	}
	statement := &dynamodb.ExecuteStatementInput{Statement: aws.String(`SELECT * FROM "` + names[0] + `"`), Limit: aws.Int32(4)}
	n := 0
	for page := 0; page == 0 || statement.NextToken != nil; page++ {
		out, err := all[page%3].ExecuteStatement(t.Context(), statement)
		must(t, err)
		n += len(out.Items)
		statement.NextToken = out.NextToken
	}
	if n != 25 {
		t.Errorf("ExecuteStatement found %d items of 25", n)
	}
	policies := &iam.ListPoliciesInput{MaxItems: aws.Int32(1)}
	found := map[string]bool{}
	for page := 0; page < 3; page++ {
		out, err := iam.NewFromConfig(f.Servers[page%3].Config).ListPolicies(t.Context(), policies)
		must(t, err)
		found[*out.Policies[0].Arn] = true
		policies.Marker = out.Marker
	}
	if len(found) != 3 {
		t.Errorf("ListPolicies found %v", found)
	}
}

func iterators(t *testing.T, f *fleet.Fleet) {
	name := newTable(t, f, func(in *dynamodb.CreateTableInput) {
		in.StreamSpecification = &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: "NEW_IMAGE"}
	})
	all := clients(f)
	var streams []*dynamodbstreams.Client
	for _, s := range f.Servers {
		streams = append(streams, dynamodbstreams.NewFromConfig(plain(s.Config)))
	}
	table, err := all[1].DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
	must(t, err)
	arn := table.Table.LatestStreamArn
	const records = 30
	for i := range records {
		_, err := all[i%3].PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: item{"pk": str(fmt.Sprint(i))}})
		must(t, err)
	}
	described, err := streams[2].DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	must(t, err)
	got := map[string]bool{}
	for _, shard := range described.StreamDescription.Shards {
		at, err := streams[0].GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: "TRIM_HORIZON"})
		must(t, err)
		for n, it := 0, at.ShardIterator; it != nil && n < records+10; n++ {
			out, err := streams[(n+1)%3].GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: it, Limit: aws.Int32(3)})
			must(t, err)
			for _, r := range out.Records {
				got[r.Dynamodb.Keys["pk"].(*streamtypes.AttributeValueMemberS).Value] = true
			}
			it = out.NextShardIterator
		}
	}
	if len(got) != records {
		t.Errorf("the stream told of %d items of %d", len(got), records)
	}
}

func sessions(t *testing.T, f *fleet.Fleet) {
	ctx := t.Context()
	admin := iam.NewFromConfig(f.Servers[0].Config)
	who, err := sts.NewFromConfig(f.Servers[0].Config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	must(t, err)
	role, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("visitor"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + *who.Account + `"},"Action":"sts:AssumeRole"}}`)})
	must(t, err)
	var made *sts.AssumeRoleOutput
	eventually(t, inForce, "AssumeRole", func() (string, string) {
		made, err = sts.NewFromConfig(plain(f.Servers[1].Config)).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: role.Role.Arn, RoleSessionName: aws.String("visit")})
		return code(err), ""
	})
	everywhere(t, f, inForce, "the session", "visitor", func(c aws.Config) string {
		c.Credentials = credentials.NewStaticCredentialsProvider(*made.Credentials.AccessKeyId, *made.Credentials.SecretAccessKey, *made.Credentials.SessionToken)
		out, err := sts.NewFromConfig(plain(c)).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			return code(err)
		}
		return strings.Split(*out.Arn, "/")[1]
	})
}

func idempotency(t *testing.T, f *fleet.Fleet) {
	name := newTable(t, f)
	add := &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String("once"), TransactItems: []types.TransactWriteItem{
		{Update: &types.Update{TableName: &name, Key: item{"pk": str("n")}, UpdateExpression: aws.String("ADD n :one"),
			ExpressionAttributeValues: item{":one": &types.AttributeValueMemberN{Value: "1"}}}}}}
	for _, c := range clients(f) {
		_, err := c.TransactWriteItems(t.Context(), add)
		must(t, err)
	}
	got, err := clients(f)[2].GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: item{"pk": str("n")}, ConsistentRead: aws.Bool(true)})
	must(t, err)
	if n := got.Item["n"].(*types.AttributeValueMemberN).Value; n != "1" {
		t.Errorf("one transaction on three servers added %s", n)
	}
	add.TransactItems[0].Update.Key = item{"pk": str("m")}
	if _, err := clients(f)[1].TransactWriteItems(t.Context(), add); code(err) != "IdempotentParameterMismatchException" {
		t.Errorf("the token of another transaction: %v", err)
	}
}

func signIn(t *testing.T, f *fleet.Fleet) {
	ctx := t.Context()
	const name, password = "person", "Correct-Horse-1"
	admin := iam.NewFromConfig(f.Servers[0].Config)
	_, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String(name)})
	must(t, err)
	_, err = admin.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: aws.String(name), Password: aws.String(password)})
	must(t, err)
	who, err := sts.NewFromConfig(f.Servers[0].Config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	must(t, err)
	jar, err := cookiejar.New(nil)
	must(t, err)
	body := fmt.Sprintf(`{"Type":"user","Account":%q,"UserName":%q,"Password":%q}`, *who.Account, name, password)
	if status, answer := ask(t, jar, f.Servers[0].Endpoint, "POST", "/signin/session", body); status != 200 {
		t.Fatalf("sign-in: %d %v", status, answer)
	}
	for i, s := range f.Servers {
		status, answer := ask(t, jar, s.Endpoint, "GET", "/signin/credentials", "")
		if status != 200 {
			t.Errorf("server %d: the credentials of a session: %d %v", i, status, answer)
			continue
		}
		c := f.Servers[(i+1)%3].Config
		c.Credentials = credentials.NewStaticCredentialsProvider(answer["AccessKeyId"].(string), answer["SecretAccessKey"].(string), answer["SessionToken"].(string))
		out, err := sts.NewFromConfig(plain(c)).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil || !strings.HasSuffix(*out.Arn, "user/"+name) {
			t.Errorf("server %d: console credentials of server %d: %v %v", (i+1)%3, i, out, err)
		}
	}
	if status, answer := ask(t, jar, f.Servers[1].Endpoint, "DELETE", "/signin/session", ""); status >= 300 {
		t.Errorf("sign-out: %d %v", status, answer)
	}
	for i, s := range f.Servers {
		if status, answer := ask(t, jar, s.Endpoint, "GET", "/signin/credentials", ""); status != 401 {
			t.Errorf("server %d: after the sign-out: %d %v", i, status, answer)
		}
	}
}

// balancer is where browsers think that all servers are. The name of the cookie has the port, for servers on one machine.
const balancer = "stator.example.com"

// ask sends what the console's pages send.
func ask(t *testing.T, jar http.CookieJar, endpoint, method, path, body string) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, endpoint+path, strings.NewReader(body))
	must(t, err)
	request.Header.Set("X-Stator-Console", "1")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", "http://"+balancer)
	request.Host = balancer
	answer, err := (&http.Client{Jar: jar}).Do(request)
	must(t, err)
	defer answer.Body.Close()
	var out map[string]any
	_ = json.NewDecoder(answer.Body).Decode(&out) // there may be none
	return answer.StatusCode, out
}
